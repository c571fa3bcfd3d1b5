; SPDX-License-Identifier: GPL-3.0-or-later
; Counts in registers and memory without end, in step; a snapshot may hit any instruction.
; EBX counts rounds, ECX = 3 * EBX, memory at DATA_BASE = EBX of the last full round. Every 4096
; rounds it checks itself and reports EBX, or 0xBAD when something does not fit.
%include "long_mode.inc"
bits 32
org CODE_BASE

        xor     ebx, ebx
        xor     ecx, ecx
        mov     dword [DATA_BASE], 0
again:  inc     ebx
        add     ecx, 3
        inc     dword [DATA_BASE]
        test    ebx, 0xFFF
        jnz     again
        lea     eax, [ebx + 2 * ebx]
        cmp     eax, ecx
        jne     bad
        cmp     [DATA_BASE], ebx
        jne     bad
        mov     eax, ebx
        mov     dx, REPORT_PORT
        out     dx, eax
        jmp     again
bad:    mov     eax, 0xBAD
        mov     dx, REPORT_PORT
        out     dx, eax
        hlt
