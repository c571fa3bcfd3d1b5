; SPDX-License-Identifier: GPL-3.0-or-later
; Reads and writes a model-specific register that no CPU has.
%include "long_mode.inc"
bits 32
org CODE_BASE

        mov     ecx, 0x0000FADE
        mov     eax, 0x11111111
        mov     edx, 0x22222222
        wrmsr
        rdmsr
        mov     ebx, edx
        mov     dx, REPORT_PORT
        out     dx, eax
        mov     eax, ebx
        out     dx, eax
        mov     dx, DONE_PORT
        out     dx, al
        hlt
