; SPDX-License-Identifier: GPL-3.0-or-later
; An option ROM that makes the BIOS start a Multiboot kernel: a Plug and Play ROM with a bootstrap entry
; vector (Plug and Play BIOS Specification 1.0A, 3.2). It fetches the kernel and its information from
; fw_cfg by DMA, asks the BIOS for the memory map and enters the kernel (Multiboot Specification 0.6.96,
; 3.2). The host appends the checksums. What it fetches is laid out by multiboot_bios.cpp.
bits 16
org 0

ROM_BYTES       equ 1024
STACK_TOP       equ 0x7C00
REQUEST         equ 0x7C00      ; fw_cfg DMA request, 16 bytes
ENTRY           equ 0x7C20      ; the kernel's entry point
PROTECTED       equ 0x7D00      ; the 32-bit code below, copied here
INFO            equ 0x9000      ; multiboot information, from the host
INFO_GDT        equ INFO + 0xC0 ; descriptors: null, null, code, data
INFO_GDTR       equ INFO + 0xE0
MAP             equ 0x8000      ; memory map, at most MAP_END - MAP bytes
MAP_END         equ 0x8F00

ITEM_KERNEL_ADDRESS equ 0x07    ; numbers of fw_cfg items, as other such ROMs use them
ITEM_KERNEL_SIZE    equ 0x08
ITEM_INFO_SIZE      equ 0x0B
ITEM_ENTRY          equ 0x10
ITEM_KERNEL         equ 0x11
ITEM_INFO           equ 0x12

        dw      0xAA55
        db      ROM_BYTES / 512
        retf                    ; initialisation: nothing to do
        times 0x1A - ($ - $$) db 0
        dw      pnp

pnp:    db      "$PnP", 1, 2
        dw      0
        db      0
        db      0               ; checksum, by the host
        dd      0
        dw      manufacturer, product
        db      2, 0, 0         ; a boot device of no particular kind
        db      0x14            ; may be shared, is an initial program load device
        dw      0, 0, boot, 0, 0
manufacturer: db "Guesthouse", 0
product:      db "Multiboot kernel", 0

boot:   xor     ax, ax
        mov     ss, ax
        mov     sp, STACK_TOP
        mov     ds, ax
        mov     es, ax
        cld
        sti
        mov     ax, ITEM_ENTRY
        mov     ebx, ENTRY
        mov     ecx, 4
        call    fetch
        mov     ax, ITEM_INFO_SIZE
        call    fetch_number
        mov     ecx, eax
        mov     ebx, INFO
        mov     ax, ITEM_INFO
        call    fetch
        mov     ax, ITEM_KERNEL_ADDRESS
        call    fetch_number
        push    eax
        mov     ax, ITEM_KERNEL_SIZE
        call    fetch_number
        mov     ecx, eax
        pop     ebx
        mov     ax, ITEM_KERNEL
        call    fetch
        call    describe_memory

        push    cs              ; the 32-bit part, where no segment is needed to reach it
        pop     ds
        mov     si, protected
        mov     di, PROTECTED
        mov     cx, protected_end - protected
        rep movsb
        push    es
        pop     ds
        cli
        o32 lgdt [INFO_GDTR]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 0x10:PROTECTED

; EAX = the number in item AX.
fetch_number:
        mov     ebx, ENTRY + 4
        mov     ecx, 4
        call    fetch
        mov     eax, [ENTRY + 4]
        ret

; ECX bytes of item AX to the address EBX. The request is big-endian.
fetch:  shl     eax, 16
        mov     al, 0x0A        ; select, read
        bswap   eax
        mov     [REQUEST], eax
        bswap   ecx
        mov     [REQUEST + 4], ecx
        mov     dword [REQUEST + 8], 0
        bswap   ebx
        mov     [REQUEST + 12], ebx
        xor     eax, eax
        mov     dx, 0x514
        out     dx, eax
        mov     eax, REQUEST
        bswap   eax
        mov     dx, 0x518
        out     dx, eax
.wait:  mov     eax, [REQUEST]
        test    eax, eax
        jz      .done
        test    eax, 0x01000000 ; error
        jz      .wait
        mov     si, text_failed
.print: cs lodsb
        test    al, al
        jz      .stop
        mov     ah, 0x0E
        mov     bx, 7
        int     0x10
        jmp     .print
.stop:  hlt
        jmp     .stop
.done:  ret

; Fills in mem_lower, mem_upper, mmap_length and mmap_addr.
describe_memory:
        int     0x12
        movzx   eax, ax
        mov     [INFO + 4], eax
        mov     ax, 0xE801
        xor     cx, cx
        xor     dx, dx
        int     0x15
        jc      .map
        movzx   eax, ax         ; KiB from 1 MiB to 16 MiB
        movzx   ebx, bx         ; units of 64 KiB above
        shl     ebx, 6
        add     eax, ebx
        mov     [INFO + 8], eax
.map:   xor     ebx, ebx
        mov     di, MAP
.next:  mov     eax, 0xE820
        mov     edx, 0x534D4150 ; "SMAP"
        mov     ecx, 20
        add     di, 4
        int     0x15
        jc      .last
        mov     dword [di - 4], 20
        add     di, 20
        cmp     di, MAP_END - 24
        ja      .end
        test    ebx, ebx
        jnz     .next
        jmp     .end
.last:  sub     di, 4
.end:   sub     di, MAP
        movzx   edi, di
        mov     [INFO + 44], edi
        mov     dword [INFO + 48], MAP
        ret

text_failed: db "The kernel could not be read.", 13, 10, 0

bits 32
protected:
        mov     ax, 0x18
        mov     ds, ax
        mov     es, ax
        mov     fs, ax
        mov     gs, ax
        mov     ss, ax
        mov     eax, 0x2BADB002
        mov     ebx, INFO
        jmp     [dword ENTRY]
protected_end:

        times ROM_BYTES - ($ - $$) db 0
