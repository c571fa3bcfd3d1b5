; SPDX-License-Identifier: GPL-3.0-or-later
; The demo's "kernel": segments, interrupts, and the step down to user mode (ring 3), where the C++ part
; runs. The task state allows user mode to use all I/O ports, but it may not stop the CPU: its HLT is a fault,
; which on_protection_fault answers by waiting for the next interrupt on its behalf.
;
; References: Intel SDM volume 3, sections 3.4.5 (descriptors), 6.14 (interrupts in 64-bit mode) and 7.7
; (task state), volume 1 section 19.5 (protection of I/O ports); Intel 8259A datasheet.
%include "layout.inc"
extern demoMain, bss_start, bss_end

TASK_STATE_BYTES equ 0x2080            ; 104, 8192 for the ports and one more, in round numbers

section .boot
bits 64
global kernel_start, ticks, input_ring, input_head
kernel_start:
        mov     ax, KERNEL_DATA
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        xor     eax, eax
        mov     fs, ax
        mov     gs, ax
        mov     esp, KERNEL_STACK
        mov     edi, bss_start          ; variables that start as zero are not in the file
        mov     ecx, bss_end
        sub     ecx, edi
        rep stosb
        call    read_cpuid
        call    write_gates
        call    start_interrupt_controller
        lidt    [idt_pointer]
        call    write_task_state
        push    USER_DATA               ; IRETQ takes these five: SS, RSP, RFLAGS, CS, RIP
        push    USER_STACK - 8          ; as if something had called it
        push    0x202                   ; interrupts on
        push    USER_CODE
        push    demoMain
        iretq

; CPUID in user mode could ask the real CPU behind a virtual one's back, so it is read here.
read_cpuid:
        xor     eax, eax
        cpuid
        mov     [FACTS + 0x10], ebx     ; "GenuineIntel" is EBX, EDX, ECX
        mov     [FACTS + 0x14], edx
        mov     [FACTS + 0x18], ecx
        mov     eax, 1
        cpuid
        mov     [FACTS + 0x1C], eax     ; family, model, stepping
        mov     [FACTS + 0x20], ecx
        mov     [FACTS + 0x24], edx
        mov     eax, 0x80000000
        cpuid
        cmp     eax, 0x80000004
        jb      .no_name
        mov     esi, 0x80000002
        mov     edi, FACTS + 0x28
.name:  mov     eax, esi
        cpuid
        mov     [rdi], eax
        mov     [rdi + 4], ebx
        mov     [rdi + 8], ecx
        mov     [rdi + 12], edx
        add     edi, 16
        inc     esi
        cmp     esi, 0x80000004
        jbe     .name
.no_name:
        test    dword [FACTS + 0x20], 1 << 31
        jz      .no_hypervisor
        mov     eax, 0x40000000
        cpuid
        mov     [FACTS + 0x58], ebx
        mov     [FACTS + 0x5C], ecx
        mov     [FACTS + 0x60], edx
.no_hypervisor:
        ret

; All handlers lie below 64 KiB, so a gate needs only the low word of their address.
write_gates:
        mov     edi, idt
        mov     esi, handlers
        mov     ecx, HANDLER_COUNT
.next:  movzx   eax, word [rsi]
        or      eax, KERNEL_CODE << 16
        mov     [rdi], eax
        mov     dword [rdi + 4], 0x8E00 ; present, interrupt gate, only for the CPU's own use
        mov     qword [rdi + 8], 0
        add     rsi, 2
        add     rdi, 16
        loop    .next
        ret

; Where the CPU finds the stack for interrupts of user mode, and which ports user mode may use: a zero bit
; is a port that it may.
write_task_state:
        mov     edi, TASK_STATE_AT
        mov     ecx, TASK_STATE_BYTES / 4
        xor     eax, eax
        rep stosd
        mov     qword [TASK_STATE_AT + 4], KERNEL_STACK
        mov     word [TASK_STATE_AT + 102], 104
        mov     byte [TASK_STATE_AT + 104 + 65536 / 8], 0xFF
        mov     ax, TASK_STATE
        ltr     ax
        ret

; Two 8259s: interrupts 0..15 become vectors 20h..2Fh. Only the timer, and the second chip's wire, are on;
; input.cpp turns the keyboard and the mouse on when it is ready for them.
start_interrupt_controller:
        mov     al, 0x11
        out     0x20, al
        out     0xA0, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 0x28
        out     0xA1, al
        mov     al, 4
        out     0x21, al
        mov     al, 2
        out     0xA1, al
        mov     al, 1
        out     0x21, al
        out     0xA1, al
        mov     al, 0xFA
        out     0x21, al
        mov     al, 0xFF
        out     0xA1, al
        ret

on_timer:                               ; 18.2 times a second, as the BIOS has set it
        push    rax
        inc     dword [ticks]
        mov     al, 0x20
        out     0x20, al
        pop     rax
        iretq

on_mouse:
        push    rax
        mov     al, 0x20                ; end of interrupt for the second chip; the first follows below
        out     0xA0, al
        jmp     take_byte
on_keyboard:
        push    rax
take_byte:
        push    rbx
        in      al, 0x64
        test    al, 1                   ; an old request may have waited for a byte that is gone
        jz      .done
        mov     ah, al
        shr     ah, 5
        and     ah, 1                   ; 1: the byte is the mouse's
        in      al, 0x60
        movzx   ebx, byte [input_head]
        mov     [input_ring + rbx * 2], ax
        inc     byte [input_head]       ; 256 entries, so it comes around by itself
.done:  mov     al, 0x20
        out     0x20, al
        pop     rbx
        pop     rax
        iretq

on_nothing:                             ; the 8259s' way to say that a request has gone away again
        iretq

; HLT in user mode comes here. Anything else that does is a mistake of the demo.
on_protection_fault:
        push    rax
        mov     rax, [rsp + 16]         ; RSP: our RAX, error code, RIP, CS, RFLAGS ...
        cmp     byte [rax], 0xF4
        jne     .mistake
        inc     qword [rsp + 16]        ; go on behind it
        sti
        hlt
        cli
        pop     rax
        add     rsp, 8
        iretq
.mistake:
        pop     rax
        push    13
        jmp     on_mistake

; Some exceptions bring an error code; for the others a zero takes its place.
%assign vector 0
%rep 32
on_exception_ %+ vector:
%if vector != 8 && (vector < 10 || vector > 14) && vector != 17
        push    0
%endif
        push    vector
        jmp     on_mistake
%assign vector vector + 1
%endrep

; Says which exception it was and where, on the screen and to the firmware's debug console, and stops for good.
on_mistake:
        cld
        pop     rax
        mov     rdi, mistake_number
        mov     ecx, 2
        call    write_hex
        mov     rax, [rsp + 8]          ; RSP: error code, RIP ...
        mov     rdi, mistake_place
        mov     ecx, 8
        call    write_hex
        mov     rdi, 0xB8000
        mov     rsi, mistake_text
        mov     ecx, mistake_end - mistake_text
        mov     dx, 0x402
        mov     ah, 0x4F
.next:  lodsb
        out     dx, al
        stosw
        loop    .next
.stop:  hlt                             ; interrupts are off, so nothing ends this
        jmp     .stop

write_hex:                              ; RAX = number, RDI = where to, ECX = digits
        lea     rdi, [rdi + rcx - 1]
.next:  mov     ebx, eax
        and     ebx, 15
        mov     bl, [hex_digits + rbx]
        mov     [rdi], bl
        dec     rdi
        shr     rax, 4
        loop    .next
        ret
hex_digits:
        db      "0123456789abcdef"
mistake_text:
        db      "The demo made a mistake: exception "
mistake_number:
        db      "00 at "
mistake_place:
        db      "00000000 "
mistake_end:

align 2
handlers:
%assign vector 0
%rep 32
%if vector == 13
        dw      on_protection_fault
%else
        dw      on_exception_ %+ vector
%endif
%assign vector vector + 1
%endrep
        dw      on_timer, on_keyboard, on_nothing, on_nothing, on_nothing, on_nothing, on_nothing, on_nothing
        dw      on_nothing, on_nothing, on_nothing, on_nothing, on_mouse, on_nothing, on_nothing, on_nothing
HANDLER_COUNT equ ($ - handlers) / 2

global gdt_pointer
align 8
gdt:    dq      0
        dq      0x00AF9B000000FFFF      ; 08h: kernel code, 64 bits
        dq      0x00CF93000000FFFF      ; 10h: kernel data
        dq      0x00CFF3000000FFFF      ; 18h: user data
        dq      0x00AFFB000000FFFF      ; 20h: user code, 64 bits
        dq      0x00CF9B000000FFFF      ; 28h: code of 32 bits, on the way up
        dw      104 + 65536 / 8, TASK_STATE_AT & 0xFFFF  ; 30h: the task state; its descriptor has 16 bytes
        db      TASK_STATE_AT >> 16, 0x89, 0, 0
        dq      0
gdt_end:
gdt_pointer:
        dw      gdt_end - gdt - 1
        dd      gdt

idt_pointer:
        dw      HANDLER_COUNT * 16 - 1
        dq      idt

section .bss
align 16
idt:    resb    HANDLER_COUNT * 16
ticks:  resd    1
input_head:
        resd    1
input_ring:
        resw    256
