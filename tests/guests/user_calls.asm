; SPDX-License-Identifier: GPL-3.0-or-later
; A kernel in the upper half of the address space, out of its program's reach, and a program that calls it
; by SYSCALL and INT 80h and faults. Everything that reaches the kernel is reported: EAX of calls with CS
; and the interrupt flag, vectors of faults. 64-bit mode.
%include "long_mode.inc"
%define HIGH       0xFFFF800000000000   ; where the kernel sees the first 2 MiB
%define KERNEL_CS  0x10
%define KERNEL_SS  0x18
%define USER_SS    0x2B
%define USER_CS    0x33
%define TASK       0x38
%define TABLES     0x30000
%define UNMAPPED   0x0000700000000000
%define LAST_CALL  0x1FF
bits 64
org CODE_BASE

        mov     dword [0x1000 + 256 * 8], TABLES + 3
        mov     dword [TABLES], TABLES + 0x1000 + 3
        mov     dword [TABLES + 0x1000], 0x83
        mov     rax, HIGH + high
        jmp     rax
high:   mov     rsp, HIGH + STACK_TOP
        mov     rax, HIGH + task
        mov     [rel gdt + TASK + 2], ax
        shr     rax, 16
        mov     [rel gdt + TASK + 4], al
        mov     [rel gdt + TASK + 7], ah
        shr     rax, 16
        mov     [rel gdt + TASK + 8], eax
        mov     rax, HIGH + STACK_TOP
        mov     [rel task + 4], rax
        lgdt    [rel gdt_pointer]
        mov     ax, TASK
        ltr     ax
        mov     rdi, HIGH + idt + 6 * 16
        mov     rax, HIGH + on_invalid
        mov     ecx, 0x8E00
        call    set_gate
        mov     rdi, HIGH + idt + 3 * 16
        mov     rax, HIGH + on_breakpoint
        mov     ecx, 0xEE00
        call    set_gate
        mov     ecx, 0x8E00
        mov     rdi, HIGH + idt + 14 * 16
        mov     rax, HIGH + on_page_fault
        call    set_gate
        mov     rdi, HIGH + idt + 0x80 * 16
        mov     rax, HIGH + on_interrupt
        mov     ecx, 0xEE00
        call    set_gate
        lidt    [rel idt_pointer]
        mov     ecx, 0xC0000080         ; EFER: SYSCALL on
        rdmsr
        or      al, 1
        wrmsr
        inc     ecx                     ; STAR
        xor     eax, eax
        mov     edx, KERNEL_CS | 0x23 << 16
        wrmsr
        mov     rax, HIGH + on_call     ; LSTAR
        mov     rdx, rax
        shr     rdx, 32
        inc     ecx
        wrmsr
        mov     ecx, 0xC0000084         ; SFMASK
        mov     eax, 0x200
        xor     edx, edx
        wrmsr
        push    USER_SS
        push    0x8000
        push    0x202
        push    USER_CS
        push    program
        iretq

program:
        mov     eax, 0x101
        syscall
        mov     eax, 0x102
        int     0x80
        int3
        mov     rbx, UNMAPPED
        mov     [rbx], ebx
        ud2
        mov     ebx, 100
.again: xor     eax, eax
        syscall
        xor     eax, eax
        int     0x80
        dec     ebx
        jnz     .again
        mov     eax, 0x103
        syscall
        mov     eax, LAST_CALL
        syscall
        ud2

on_call:
        test    eax, eax
        jz      .done
        mov     dx, REPORT_PORT
        out     dx, eax
        mov     r8, rsp
        mov     rsp, HIGH + STACK_TOP
        pushfq
        pop     rsi
        mov     rsp, r8
        and     esi, 0x200
        xchg    eax, esi
        out     dx, eax
        mov     eax, cs
        out     dx, eax
        cmp     esi, LAST_CALL
        je      finish
.done:  o64 sysret
on_interrupt:
        test    eax, eax
        jz      .done
        mov     dx, REPORT_PORT
        out     dx, eax
        mov     eax, cs
        out     dx, eax
.done:  iretq
on_breakpoint:
        mov     eax, 3
        mov     dx, REPORT_PORT
        out     dx, eax
        iretq
on_page_fault:
        pop     rax                     ; the error code
        or      eax, 0xE00
        mov     dx, REPORT_PORT
        out     dx, eax
        add     qword [rsp], 2
        iretq
on_invalid:
        mov     eax, 6
        mov     dx, REPORT_PORT
        out     dx, eax
        add     qword [rsp], 2
        iretq
finish: mov     dx, DONE_PORT
        out     dx, al
        hlt

set_gate:                               ; RDI = gate, RAX = handler, CX = kind
        mov     [rdi], ax
        mov     word [rdi + 2], KERNEL_CS
        mov     [rdi + 4], cx
        shr     rax, 16
        mov     [rdi + 6], ax
        shr     rax, 16
        mov     [rdi + 8], rax
        ret

align 8
gdt:    dq      0, 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF, 0x00CFFB000000FFFF, 0x00CFF3000000FFFF
        dq      0x00AFFB000000FFFF, 0x0000890000000067, 0
gdt_pointer:
        dw      gdt_pointer - gdt - 1
        dq      HIGH + gdt
idt_pointer:
        dw      0x81 * 16 - 1
        dq      HIGH + idt
align 16
task:   times 0x68 db 0
align 16
idt:    times 0x81 * 2 dq 0
