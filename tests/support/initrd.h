// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace engine::test {

/// Writes initial RAM disks in the kernel's "newc" cpio format (Linux, driver-api/early-userspace/
/// buffer-format).
class InitrdWriter {
public:
    static constexpr unsigned Directory = 0040755;
    static constexpr unsigned Program = 0100755;

    void add(const std::string& name, unsigned mode, const std::string& content = {})
    {
        m_bytes += "070701";
        const std::uint32_t fields[] = {m_next++,
                                        mode,
                                        0,
                                        0,
                                        1,
                                        0,
                                        static_cast<std::uint32_t>(content.size()),
                                        0,
                                        0,
                                        0,
                                        0,
                                        static_cast<std::uint32_t>(name.size() + 1),
                                        0};
        for (const std::uint32_t field : fields) {
            constexpr const char* Digits = "0123456789abcdef";
            for (int shift = 28; shift >= 0; shift -= 4)
                m_bytes += Digits[field >> shift & 0xf];
        }
        m_bytes += name;
        m_bytes += '\0';
        pad();
        m_bytes += content;
        pad();
    }
    /// A statically linked BusyBox with `init` as the first program; false when there is no BusyBox.
    [[nodiscard]] bool addBusyBox(const std::string& init)
    {
        std::ifstream file("/bin/busybox", std::ios::binary);
        if (!file)
            return false;
        const std::string busybox{std::istreambuf_iterator<char>(file), {}};
        for (const char* folder : {"bin", "proc", "sys", "dev", "tmp", "www"})
            add(folder, Directory);
        add("bin/busybox", Program, busybox);
        add("init", Program, init);
        return true;
    }
    [[nodiscard]] bool write(const std::string& path)
    {
        add("TRAILER!!!", 0);
        std::ofstream file(path, std::ios::binary);
        return static_cast<bool>(file.write(m_bytes.data(), static_cast<std::streamsize>(m_bytes.size())));
    }

private:
    void pad() { m_bytes.resize((m_bytes.size() + 3) / 4 * 4); }

    std::string m_bytes;
    std::uint32_t m_next = 1;
};

} // namespace engine::test
