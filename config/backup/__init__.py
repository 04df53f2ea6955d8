"""Backups that only somebody elsewhere can open, and restores that prove what they brought back.

A backup is one file in the age format (age-encryption.org/v1), sealed to a public key. Inside is a
tar, in this order, so that `age -d -i KEY FILE | tar -x` opens it without this product:

    attachments/<school>/<ref>   as they lie in the vault: encrypted once more, under keys of the
                                 database that the root key wraps
    database/000001, ...         the pieces of one `pg_dump --format=custom`
    manifest.json                moment, schema, rows per table, leaves of the ledger, walls, and
                                 size and SHA-256 of every part before it

Rows, manifest and the list of attachments come from one snapshot. The root key is not inside.
"""
