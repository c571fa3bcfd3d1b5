// SPDX-License-Identifier: GPL-3.0-or-later
// The smallest user space for linux-native: says HELLO, then restarts the machine at once (the kernel's
// command line decides how), or sleeps for ever when it is built with STAY. No C library.

enum { SysWrite = 1, SysPause = 34, SysReboot = 169 };

static long systemCall(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

void _start(void)
{
    static const char hello[] = "HELLO\n";
    systemCall(SysWrite, 1, (long)hello, sizeof hello - 1);
#ifndef STAY
    systemCall(SysReboot, 0xfee1dead, 0x28121969, 0x1234567); // RESTART, reboot(2)
#endif
    for (;;)
        systemCall(SysPause, 0, 0, 0);
}
