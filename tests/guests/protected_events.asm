; SPDX-License-Identifier: GPL-3.0-or-later
; Interrupts and exceptions in 32-bit protected mode without paging, first with flat segments, then in a
; program at privilege level 3, then with segments that begin at BASE, as some loaders and option ROMs run.
; Each handler reports its vector; the main program reports what it reached.
%include "long_mode.inc"
%define BASE       0xFFF90000      ; the stack's offset is no address of RAM
%define FLAT_CODE  0x08
%define FLAT_DATA  0x10
%define USER_STACK 0x7000
%define LAST_CALL  0x7E57
%define BASED_CODE 0x18
%define BASED_DATA 0x20
%define USER_CODE  0x2B
%define USER_DATA  0x33
%define TASK       0x38
bits 32
org CODE_BASE

%macro REPORT 1
        mov     dx, REPORT_PORT
        mov     eax, %1
        out     dx, eax
%endmacro

start:  lgdt    [gdt_pointer]
        jmp     FLAT_CODE:.flat
.flat:  mov     ax, FLAT_DATA
        mov     ss, ax
        mov     ds, ax
        mov     es, ax
        mov     esp, STACK_TOP
        mov     ebx, FLAT_CODE
        mov     esi, 0
        call    build_idt
        lidt    [idt_pointer]
        call    start_timer
        call    provoke
        REPORT  0x1111

        mov     eax, task
        mov     [gdt + TASK + 2], ax
        shr     eax, 16
        mov     [gdt + TASK + 4], al
        mov     ax, TASK
        ltr     ax
        mov     [task + 4], esp
        mov     byte [idt + 0x40 * 8 + 5], 0xEE ; for programs too
        mov     byte [idt + 3 * 8 + 5], 0xEE
        push    dword USER_DATA
        push    dword USER_STACK
        push    dword 0x3202                    ; ports and interrupt flag for everybody
        push    dword USER_CODE
        push    dword program
        iretd
program:
        mov     ax, USER_DATA
        mov     ds, ax
        mov     es, ax
        call    provoke
        REPORT  0x3333
        mov     eax, LAST_CALL
        int     0x40

back:   mov     esp, STACK_TOP
        mov     ax, FLAT_DATA
        mov     ds, ax
        mov     es, ax
        cli
        mov     ebx, BASED_CODE
        mov     esi, BASE
        call    build_idt
        mov     ax, BASED_DATA
        mov     ss, ax
        mov     esp, 0x18000 - BASE
        mov     ds, ax
        mov     es, ax
        jmp     BASED_CODE:.based - BASE
.based: call    provoke
        REPORT  0x2222
        mov     dx, DONE_PORT
        out     dx, al
        hlt

; One after another: a software interrupt, a breakpoint, an invalid instruction, a division by zero, a
; segment that does not exist, a hardware interrupt.
provoke:
        int     0x40
        int3
        ud2
        xor     ecx, ecx
        mov     eax, 5
        cdq
        div     ecx
        mov     ax, 0x1230
        mov     fs, ax
        call    .here
.here:  pop     edi
        lea     edi, [edi + ticks - .here]
        mov     dword [edi], 0
        sti
.wait:  nop
        cmp     dword [edi], 3
        jb      .wait
        cli
        ret

; Gates to the handlers in segment BX, whose base is ESI.
build_idt:
        mov     edi, idt
        mov     ecx, handlers
        mov     ebp, 0x41
.next:  movzx   eax, word [ecx]
        add     eax, CODE_BASE
        sub     eax, esi
        mov     [edi], ax
        mov     [edi + 2], bx
        mov     word [edi + 4], 0x8E00
        shr     eax, 16
        mov     [edi + 6], ax
        add     edi, 8
        add     ecx, 2
        dec     ebp
        jnz     .next
        ret

start_timer:
        mov     al, 0x11
        out     0x20, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xFE
        out     0x21, al
        mov     al, 0xFF
        out     0xA1, al
        mov     al, 0x34
        out     0x43, al
        mov     al, 0
        out     0x40, al
        mov     al, 0x40
        out     0x40, al
        ret

%assign vector 0
%rep 0x41
handler_%+vector:
 %if vector != 8 && vector != 10 && vector != 11 && vector != 12 && vector != 13 && vector != 14
        push    dword 0
 %endif
        push    dword vector
        jmp     report_event
 %assign vector vector + 1
%endrep

report_event:
        cmp     eax, LAST_CALL
        je      back
        pushad
        mov     eax, [esp + 32]
        cmp     eax, 0x20
        je      .tick
        mov     dx, REPORT_PORT
        out     dx, eax
        cmp     eax, 6
        je      .skip
        cmp     eax, 0
        je      .skip
        cmp     eax, 13
        jne     .return
        mov     ecx, [esp + 36]
        xchg    eax, ecx
        out     dx, eax                 ; the error code
.skip:  add     dword [esp + 40], 2
        jmp     .return
.tick:  mov     al, 0x20
        out     0x20, al
        inc     dword [edi]
.return:
        popad
        add     esp, 8
        iretd

align 8
gdt:    dq      0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF, 0xFFCF9BF90000FFFF, 0xFFCF93F90000FFFF
        dq      0x00CFFB000000FFFF, 0x00CFF3000000FFFF, 0x0000890000000067
gdt_pointer:
        dw      gdt_pointer - gdt - 1
        dd      gdt
idt_pointer:
        dw      0x41 * 8 - 1
        dd      idt
handlers:
%assign vector 0
%rep 0x41
        dw      handler_%+vector - CODE_BASE
 %assign vector vector + 1
%endrep
align 8
task:   dd      0, 0, FLAT_DATA
        times 0x68 - 12 db 0
ticks:  dd      0
align 8
idt:    times 0x41 dq 0
