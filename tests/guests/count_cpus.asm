; SPDX-License-Identifier: GPL-3.0-or-later
; The first CPU wakes all others with INIT and SIPI (Intel SDM volume 3, 9.4.4), each of them counts
; itself, and the first one reports the number. It starts in 32-bit protected mode with flat segments.
; The number of CPUs to wait for stands at DATA_BASE.
%include "long_mode.inc"
%define APIC_ICR_LOW  0xFEE00300
%define APIC_SVR      0xFEE000F0
%define TRAMPOLINE    0x8000
bits 32
org CODE_BASE

        mov     esp, STACK_TOP
        cld
        mov     esi, trampoline
        mov     edi, TRAMPOLINE
        mov     ecx, trampoline_end - trampoline
        rep     movsb
        or      dword [APIC_SVR], 0x100         ; software enable
        lock inc dword [DATA_BASE + 4]          ; this CPU
        mov     dword [APIC_ICR_LOW], 0x000C4500 ; INIT to all but self
        call    settle
        mov     dword [APIC_ICR_LOW], 0x000C4600 | (TRAMPOLINE >> 12)
        call    settle
        mov     dword [APIC_ICR_LOW], 0x000C4600 | (TRAMPOLINE >> 12)
wait_for_all:
        pause
        mov     eax, [DATA_BASE + 4]
        cmp     eax, [DATA_BASE]
        jb      wait_for_all
        mov     dx, REPORT_PORT
        out     dx, eax
        mov     dx, DONE_PORT
        out     dx, al
halt:   hlt
        jmp     halt

settle: mov     ecx, 2000
.loop:  pause
        dec     ecx
        jnz     .loop
        ret

bits 16
trampoline:
        cli
        mov     ax, DATA_BASE >> 4
        mov     ds, ax
        lock inc dword [4]
.halt:  hlt
        jmp     .halt
trampoline_end:
