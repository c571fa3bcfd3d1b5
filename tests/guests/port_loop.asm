; SPDX-License-Identifier: GPL-3.0-or-later
; Writes to a port without end.
%include "long_mode.inc"
bits 64
org CODE_BASE

        mov     dx, ECHO_PORT
again:  out     dx, al
        jmp     again
