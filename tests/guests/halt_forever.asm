; SPDX-License-Identifier: GPL-3.0-or-later
; Reports that it lives, then halts with interrupts off: only a kick brings it back.
%include "long_mode.inc"
bits 32
org CODE_BASE

        mov     dx, REPORT_PORT
        mov     al, 1
        out     dx, al
.halt:  cli
        hlt
        jmp     .halt
