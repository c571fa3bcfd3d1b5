; SPDX-License-Identifier: GPL-3.0-or-later
; Changes memory in ways that a software KVM leaves to user space: a locked 16-byte exchange in the second
; page of DATA_BASE, and a 16-byte store to the device, whose page-table entry so becomes accessed and
; dirty. 64-bit mode, everything mapped one to one.
%include "long_mode.inc"
bits 64
org CODE_BASE

        mov     rax, cr0
        and     eax, ~0xE                       ; no emulation, no lazy switching
        or      eax, 0x2                        ; MP
        mov     cr0, rax
        mov     rax, cr4
        or      eax, 0x600                      ; OSFXSR, OSXMMEXCPT
        mov     cr4, rax

        mov     edi, DATA_BASE + 0x1020
        xor     eax, eax
        xor     edx, edx
        mov     ebx, 0x1234
        xor     ecx, ecx
        lock cmpxchg16b [rdi]                   ; zeros, so it is taken

        pxor    xmm0, xmm0
        mov     edi, DEVICE_BASE
        movdqu  [rdi], xmm0

        mov     dx, DONE_PORT
        out     dx, al
.halt:  hlt
        jmp     .halt
