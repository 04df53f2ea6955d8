"""Face-to-face meetings 面对面会谈, as the file keeps them. Who is told of what is workflow's part.

    family       who may be met, and who must not be      of()
    invitations  who must be there and who must not       prepare()
    dossier      the papers on the table                  add()
    slots        times on offer                           offer()
    answers      what the family says to them             choose(), ask_change(), decline()
    guests       whether colleagues and a mentor come     answer()
    outcomes     tries to reach the family, held or not   attempt(), held(), missed(), give_up()

Everything here is called inside the caller's scope. Each verb locks the meeting first.
"""
