; SPDX-License-Identifier: GPL-3.0-or-later
; An exception with no way to handle it, three times over.
%include "long_mode.inc"
bits 32
org CODE_BASE

        lidt    [no_table]
        ud2
no_table:
        dw      0
        dd      0
