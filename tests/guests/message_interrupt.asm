; SPDX-License-Identifier: GPL-3.0-or-later
; Waits for interrupts on vectors 0x40 and 0x42 (messages) and 0x41 (I/O APIC pin 10, level) and reports each.
; A write to DOORBELL is taken by the kernel. 64-bit mode, everything mapped one to one.
%include "long_mode.inc"
%define APIC_EOI   0xFEE000B0
%define APIC_SVR   0xFEE000F0
%define IOREGSEL   0xFEC00000
%define IOWIN      0xFEC00010
%define DOORBELL   DEVICE_BASE + 0x100
bits 64
org CODE_BASE

        mov     rsp, STACK_TOP
        lgdt    [gdt_pointer]
        mov     al, 0xFF                        ; mask the 8259 pair, which pin 10 reaches too
        out     0x21, al
        out     0xA1, al
        mov     rdi, idt + 0x40 * 16
        mov     eax, on_message
        call    set_gate
        mov     rdi, idt + 0x41 * 16
        mov     eax, on_line
        call    set_gate
        mov     rdi, idt + 0x42 * 16
        mov     eax, on_other
        call    set_gate
        lidt    [idt_pointer]
        mov     ebx, APIC_SVR
        mov     dword [rbx], 0x1FF
        mov     ebx, IOREGSEL
        mov     ecx, IOWIN
        mov     dword [rbx], 0x10 + 2 * 10 + 1
        mov     dword [rcx], 0                  ; destination: APIC 0
        mov     dword [rbx], 0x10 + 2 * 10
        mov     dword [rcx], 0x8041             ; fixed, level-triggered
        mov     ebx, DOORBELL
        mov     dword [rbx], 7                  ; an ioeventfd: no exit
        mov     dx, REPORT_PORT
        mov     eax, 0x600D
        out     dx, eax
        sti
.wait:  hlt
        jmp     .wait

on_message:
        mov     eax, 0x40
        jmp     report
on_other:
        mov     eax, 0x42
        jmp     report
on_line:
        mov     dx, STATUS_PORT                 ; some hosts deliver a level twice: ask the device
        in      al, dx
        test    al, al
        jz      end_of_interrupt
        out     dx, al                          ; acknowledge: the device lowers its line
        mov     eax, 0x41
report: mov     dx, REPORT_PORT
        out     dx, eax
end_of_interrupt:
        mov     ebx, APIC_EOI
        mov     dword [rbx], 0
        iretq

set_gate:                                       ; RDI = gate, EAX = handler
        mov     [rdi], ax
        mov     word [rdi + 2], 0x10
        mov     word [rdi + 4], 0x8E00
        shr     eax, 16
        mov     [rdi + 6], ax
        mov     qword [rdi + 8], 0
        ret

align 8
gdt:    dq      0, 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF
gdt_pointer:
        dw      31
        dq      gdt
idt_pointer:
        dw      0x43 * 16 - 1
        dq      idt
align 8
idt:    times 0x43 * 2 dq 0
