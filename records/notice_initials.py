"""How a person is written by letters alone: Z.S., L.X.M.同学, ZS同学.

The dots are what parts them (a middle dot is gone once a text is folded), or 同学 behind them calls
somebody so. Letters that are a word by themselves are none: a.m., P.E., QQ同学.
"""

from typing import Final

_WORDS: Final = r"(?i:a\.m|p\.m|e\.g|i\.e|u\.s|u\.k|t\.v|p\.e|v\.i\.p|q\.q)(?![A-Za-z])"
_THINGS: Final = "PS|AI|IT|AE|QQ|TV|VR|AR|PR|PE|UI|ID|[PC]PU|CAD|CNC|PLC|PPT|APP|VIP"
_DOTTED: Final = rf"(?!{_WORDS})[A-Za-z](?:\.[A-Za-z]){{1,2}}(?![A-Za-z])\.?"
_OF_THEM: Final = r"(?:[两二三四]?[个名位]?同学(?!们|会|录|[群圈])|[两二三四]人)"

LETTERED: Final = (
    rf"(?<![A-Za-z0-9.]){_DOTTED}(?:[和与、]{_DOTTED})*{_OF_THEM}?"
    rf"|(?<![A-Za-z0-9])(?!{_THINGS})[A-Z]{{2,3}}{_OF_THEM}"
)
