; SPDX-License-Identifier: GPL-3.0-or-later
; Instructions that software KVMs tend not to know, in kernel mode. Every result is reported, so that
; a host that runs them itself must give the same. 64-bit mode, everything mapped one to one.
%include "long_mode.inc"
%define UNMAPPED   0x0000700000000000
%define CROSSING   DATA_BASE + 0x1000 - 8       ; the last 8 bytes of a page
bits 64
org CODE_BASE

%macro report 1                                 ; a 32-bit value
        mov     eax, %1
        mov     dx, REPORT_PORT
        out     dx, eax
%endmacro

        mov     rsp, STACK_TOP
        lgdt    [gdt_pointer]
        mov     rdi, idt + 3 * 16
        mov     eax, on_breakpoint
        call    set_gate
        mov     rdi, idt + 13 * 16
        mov     eax, on_protection
        call    set_gate
        mov     rdi, idt + 14 * 16
        mov     eax, on_page_fault
        call    set_gate
        mov     rdi, idt + 19 * 16
        mov     eax, on_simd
        call    set_gate
        lidt    [idt_pointer]
        mov     rax, cr0
        and     eax, ~0xE                       ; no emulation, no lazy switching
        or      eax, 0x22                       ; MP, NE
        mov     cr0, rax
        mov     rax, cr4
        or      eax, 0x600                      ; OSFXSR, OSXMMEXCPT
        mov     cr4, rax

; x87: 2.5 + 1.75 = 4.25, through memory
        fninit
        fwait
        fld     qword [two_and_a_half]
        fadd    dword [one_and_three_quarters]
        fstp    qword [DATA_BASE]
        fwait
        report  [DATA_BASE + 4]                 ; 0x40110000

; the last instruction's address is the guest's own
        fld1
        fnstenv [DATA_BASE]
        report  [DATA_BASE + 12]                ; low half of FIP: must point into this code
        fninit

; SSE across a page boundary
        mov     rdi, CROSSING
        movdqu  xmm1, [pattern]
        movdqu  [rdi], xmm1
        report  [rdi]                           ; 0x33221100
        report  [rdi + 8]                       ; 0xBBAA9988
        paddd   xmm1, [pattern]
        movd    eax, xmm1
        mov     [DATA_BASE], eax
        report  [DATA_BASE]                     ; 0x66442200

; SSE on device memory: 16 bytes out and back
        mov     ebx, DEVICE_BASE
        movdqa  xmm2, [pattern]
        movdqa  [rbx + 0x40], xmm2
        movdqa  xmm3, [rbx + 0x40]
        movdqa  [DATA_BASE], xmm3
        report  [DATA_BASE + 12]                ; 0xFFEEDDCC

; cmpxchg16b, taken and not taken, with the stack pointer as the base
        sub     rsp, 32
        and     rsp, -16
        mov     qword [rsp], 1
        mov     qword [rsp + 8], 2
        mov     eax, 1
        mov     edx, 2
        mov     ebx, 3
        mov     ecx, 4
        lock cmpxchg16b [rsp]
        setz    r8b
        movzx   r8d, r8b
        report  r8d                             ; 1
        report  [rsp + 8]                       ; 4
        lock cmpxchg16b [rsp]                   ; RDX:RAX no longer fit (RDX is the port)
        setz    r8b
        movzx   r8d, r8b
        report  r8d                             ; 0

; general registers, the stack pointer among them
        popcnt  eax, [pattern]                  ; 0x33221100 has 8 bits
        mov     [DATA_BASE], eax
        report  [DATA_BASE]
        mov     r9, rsp
        popcnt  rcx, rsp
        popcnt  r9, r9
        xor     ecx, r9d
        report  ecx                             ; 0

; traps and faults
        int3
        report  0x1003
        mov     rbx, UNMAPPED
        movdqu  xmm0, [rbx]                     ; the handler steps over these 4 bytes
        report  0x100E
        movdqa  xmm0, [pattern + 1]             ; misaligned; 9 bytes
        report  0x100D
        mov     dword [DATA_BASE], 0x1900       ; unmask division by zero
        ldmxcsr [DATA_BASE]
        pxor    xmm0, xmm0
        movdqu  xmm1, [ones]
        divps   xmm1, xmm0                      ; 3 bytes
        report  0x1013

; extended state: save, change, restore
        mov     eax, 1
        cpuid
        bt      ecx, 26                         ; XSAVE
        jnc     no_xsave
        mov     rax, cr4
        or      eax, 0x40000                    ; OSXSAVE
        mov     cr4, rax
        mov     eax, 3
        xor     edx, edx
        xor     ecx, ecx
        xsetbv
        movdqu  xmm5, [pattern]
        mov     edi, DATA_BASE + 0x400
        mov     ecx, 1024 / 8
        xor     eax, eax
        rep     stosq
        mov     eax, 3
        xor     edx, edx
        mov     edi, DATA_BASE + 0x400
        xsave64 [rdi]
        pxor    xmm5, xmm5
        mov     eax, 3
        xor     edx, edx
        xrstor64 [rdi]
        movdqu  [DATA_BASE], xmm5
        report  [DATA_BASE]                     ; 0x33221100
        jmp     done
no_xsave:
        report  0x33221100
done:   mov     dx, DONE_PORT
        out     dx, al
.halt:  hlt
        jmp     .halt

on_breakpoint:                                  ; the frame's RIP points behind INT3
        mov     rax, [rsp]
        cmp     byte [rax - 1], 0xCC
        sete    al
        movzx   eax, al
        mov     dx, REPORT_PORT
        out     dx, eax                         ; 1
        iretq
on_page_fault:
        mov     rax, cr2
        shr     rax, 32
        mov     dx, REPORT_PORT
        out     dx, eax                         ; 0x7000
        pop     rax
        out     dx, eax                         ; error code 0
        add     qword [rsp], 4
        iretq
on_protection:
        pop     rax
        mov     dx, REPORT_PORT
        out     dx, eax                         ; error code 0
        add     qword [rsp], 9
        iretq
on_simd:
        mov     eax, 19
        mov     dx, REPORT_PORT
        out     dx, eax
        add     qword [rsp], 3
        iretq

set_gate:                                       ; RDI = gate, EAX = handler
        mov     [rdi], ax
        mov     word [rdi + 2], 0x10
        mov     word [rdi + 4], 0x8E00
        shr     eax, 16
        mov     [rdi + 6], ax
        mov     qword [rdi + 8], 0
        ret

align 16
pattern:
        dq      0x7766554433221100, 0xFFEEDDCCBBAA9988
        dq      0
ones:   dd      1.0, 1.0, 1.0, 1.0
two_and_a_half:
        dq      2.5
one_and_three_quarters:
        dd      1.75
align 8
gdt:    dq      0, 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF
gdt_pointer:
        dw      31
        dq      gdt
idt_pointer:
        dw      20 * 16 - 1
        dq      idt
align 8
idt:    times 20 * 2 dq 0
