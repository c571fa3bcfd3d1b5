// SPDX-License-Identifier: GPL-3.0-or-later
// Systems that are newer than the osinfo-db of current distributions, or too small to be in it. The
// sizes are those that the makers state for a desktop or for a plain installation.
#include "library/os_database.h"

namespace app {

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

struct Addition {
    const char* id;
    const char* shortId;
    const char* name;
    const char* family;
    OsSizes minimum;
    OsSizes recommended;
    const char* volumeId; ///< regular expression
};

constexpr OsSizes sizes(std::uint64_t memory, std::uint64_t disk, std::uint32_t cpus)
{
    return {.memoryBytes = memory, .diskBytes = disk, .cpuCount = cpus};
}

constexpr OsSizes SmallLinux = sizes(512 * MiB, 4 * GiB, 1);
constexpr OsSizes LinuxDesktop = sizes(2 * GiB, 20 * GiB, 2);
constexpr OsSizes LargeDesktop = sizes(4 * GiB, 25 * GiB, 2);

constexpr Addition Additions[] = {
    {"http://debian.org/debian/12", "debian12", "Debian 12", "linux", SmallLinux, LinuxDesktop,
     R"(Debian 12\.\d+\.\d+ (amd64|i386))"},
    {"http://debian.org/debian/13", "debian13", "Debian 13", "linux", SmallLinux, LinuxDesktop,
     R"(Debian 13\.\d+\.\d+ (amd64|i386))"},
    {"http://debian.org/debian/12", "debian12", "Debian 12", "linux", SmallLinux, LinuxDesktop,
     R"(d-live (nf )?12\.)"},
    {"http://debian.org/debian/13", "debian13", "Debian 13", "linux", SmallLinux, LinuxDesktop,
     R"(d-live (nf )?13\.)"},
    {"http://ubuntu.com/ubuntu/23.10", "ubuntu23.10", "Ubuntu 23.10", "linux", sizes(2 * GiB, 10 * GiB, 1),
     LargeDesktop, R"(Ubuntu(-Server)? 23\.10)"},
    {"http://ubuntu.com/ubuntu/24.04", "ubuntu24.04", "Ubuntu 24.04 LTS", "linux",
     sizes(2 * GiB, 10 * GiB, 1), LargeDesktop, R"(Ubuntu(-Server)? 24\.04)"},
    {"http://ubuntu.com/ubuntu/24.10", "ubuntu24.10", "Ubuntu 24.10", "linux", sizes(2 * GiB, 10 * GiB, 1),
     LargeDesktop, R"(Ubuntu(-Server)? 24\.10)"},
    {"http://ubuntu.com/ubuntu/25.04", "ubuntu25.04", "Ubuntu 25.04", "linux", sizes(2 * GiB, 10 * GiB, 1),
     LargeDesktop, R"(Ubuntu(-Server)? 25\.04)"},
    {"http://ubuntu.com/ubuntu/26.04", "ubuntu26.04", "Ubuntu 26.04 LTS", "linux",
     sizes(2 * GiB, 10 * GiB, 1), LargeDesktop, R"(Ubuntu(-Server)? 26\.04)"},
    {"http://linuxmint.com/linuxmint/22", "linuxmint22", "Linux Mint 22", "linux",
     sizes(2 * GiB, 20 * GiB, 1), LargeDesktop, R"(Linux Mint 22)"},
    {"http://fedoraproject.org/fedora/38", "fedora38", "Fedora 38", "linux", sizes(2 * GiB, 15 * GiB, 1),
     LargeDesktop, R"(Fedora-.*-38)"},
    {"http://fedoraproject.org/fedora/39", "fedora39", "Fedora 39", "linux", sizes(2 * GiB, 15 * GiB, 1),
     LargeDesktop, R"(Fedora-.*-39)"},
    {"http://fedoraproject.org/fedora/40", "fedora40", "Fedora 40", "linux", sizes(2 * GiB, 15 * GiB, 1),
     LargeDesktop, R"(Fedora-.*-40)"},
    {"http://fedoraproject.org/fedora/41", "fedora41", "Fedora 41", "linux", sizes(2 * GiB, 15 * GiB, 1),
     LargeDesktop, R"(Fedora-.*-41)"},
    {"http://fedoraproject.org/fedora/42", "fedora42", "Fedora 42", "linux", sizes(2 * GiB, 15 * GiB, 1),
     LargeDesktop, R"(Fedora-.*-42)"},
    {"http://fedoraproject.org/fedora/43", "fedora43", "Fedora 43", "linux", sizes(2 * GiB, 15 * GiB, 1),
     LargeDesktop, R"(Fedora-.*-43)"},
    {"http://opensuse.org/opensuse/15.6", "opensuse15.6", "openSUSE Leap 15.6", "linux",
     sizes(1 * GiB, 10 * GiB, 1), LargeDesktop, R"(openSUSE-Leap-15\.6)"},
    {"http://almalinux.org/almalinux/10", "almalinux10", "AlmaLinux 10", "linux", sizes(2 * GiB, 15 * GiB, 1),
     LargeDesktop, R"(AlmaLinux-10-)"},
    {"http://alpinelinux.org/alpinelinux/3.20", "alpinelinux3.20", "Alpine Linux 3.20", "linux",
     sizes(128 * MiB, 256 * MiB, 1), sizes(512 * MiB, 2 * GiB, 1), R"(alpine-.* 3\.20)"},
    {"http://alpinelinux.org/alpinelinux/3.22", "alpinelinux3.22", "Alpine Linux 3.22", "linux",
     sizes(128 * MiB, 256 * MiB, 1), sizes(512 * MiB, 2 * GiB, 1), R"(alpine-.* 3\.22)"},
    {"http://freebsd.org/freebsd/13.4", "freebsd13.4", "FreeBSD 13", "freebsd", sizes(256 * MiB, 4 * GiB, 1),
     sizes(1 * GiB, 20 * GiB, 2), R"(13_[3-9]_RELEASE_AMD64_)"},
    {"http://freebsd.org/freebsd/14.0", "freebsd14.0", "FreeBSD 14", "freebsd", sizes(256 * MiB, 4 * GiB, 1),
     sizes(1 * GiB, 20 * GiB, 2), R"(14_\d_RELEASE_AMD64_)"},
    {"http://freebsd.org/freebsd/15.0", "freebsd15.0", "FreeBSD 15", "freebsd", sizes(256 * MiB, 4 * GiB, 1),
     sizes(1 * GiB, 20 * GiB, 2), R"(15_\d_RELEASE_AMD64_)"},
    {"http://microsoft.com/win/2k25", "win2k25", "Windows Server 2025", "winnt", sizes(2 * GiB, 32 * GiB, 1),
     sizes(4 * GiB, 64 * GiB, 2), R"(SSS_X64FREE(E|V)?_.*_DV9$)"},
    {"http://mikeos.sourceforge.net/mikeos/4", "mikeos4", "MikeOS 4", "other", sizes(64 * MiB, 0, 1),
     sizes(64 * MiB, 0, 1), R"(MIKEOS$)"},
    {"http://memtest.org/memtest86plus/6", "memtest86plus6", "Memtest86+", "other", sizes(64 * MiB, 0, 1),
     sizes(128 * MiB, 0, 1), R"(MT86PLUS)"},
};

} // namespace

void addOwnSystems(OsDatabase& database)
{
    for (const Addition& addition : Additions) {
        const std::size_t index = database.addSystem({.id = addition.id,
                                                      .shortId = addition.shortId,
                                                      .name = addition.name,
                                                      .family = addition.family,
                                                      .minimum = addition.minimum,
                                                      .recommended = addition.recommended});
        database.addPattern({.os = index, .volumeId = addition.volumeId});
    }
    // Windows 11 and Windows 10 media carry the same volume names; the newer one is the safer guess
    // for its larger needs.
    const std::size_t windows = database.addSystem({.id = "http://microsoft.com/win/11",
                                                    .shortId = "win11",
                                                    .name = "Microsoft Windows 11",
                                                    .family = "winnt",
                                                    .minimum = sizes(4 * GiB, 64 * GiB, 2),
                                                    .recommended = sizes(8 * GiB, 80 * GiB, 4)});
    database.addPattern({.os = windows, .volumeId = R"(CC?COMA_X64FRE[EV]?_)"});
}

} // namespace app
