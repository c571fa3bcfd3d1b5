// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/capture_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>

namespace engine::net {

namespace {

constexpr std::uint32_t SectionHeader = 0x0a0d0d0a;
constexpr std::uint32_t ByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint32_t InterfaceDescription = 1;
constexpr std::uint32_t EnhancedPacket = 6;
constexpr std::uint16_t LinkTypeEthernet = 1;
constexpr std::uint16_t OptionTimeResolution = 9; // if_tsresol
constexpr std::uint16_t OptionPacketFlags = 2;    // epb_flags
constexpr std::size_t WriteAt = 64 * 1024;

} // namespace

Result<std::unique_ptr<CaptureFile>> CaptureFile::create(const std::string& path)
{
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd)
        return failSystem("cannot write the network capture to " + path);
    std::unique_ptr<CaptureFile> file(new CaptureFile(std::move(fd), path));
    file->addHeaders();
    VM_TRY(file->flush());
    return file;
}

CaptureFile::~CaptureFile()
{
    (void)flush(); // nobody is left to hear of a full disk
}

void CaptureFile::add16(std::uint16_t value)
{
    m_pending.push_back(std::byte(static_cast<std::uint8_t>(value)));
    m_pending.push_back(std::byte(static_cast<std::uint8_t>(value >> 8)));
}

void CaptureFile::add32(std::uint32_t value)
{
    add16(static_cast<std::uint16_t>(value));
    add16(static_cast<std::uint16_t>(value >> 16));
}

void CaptureFile::addHeaders()
{
    constexpr std::uint32_t SectionBytes = 28;
    add32(SectionHeader);
    add32(SectionBytes);
    add32(ByteOrderMagic);
    add16(1); // version 1.0
    add16(0);
    add32(0xffffffff); // section length: not known
    add32(0xffffffff);
    add32(SectionBytes);

    constexpr std::uint32_t InterfaceBytes = 32;
    constexpr std::uint32_t Nanoseconds = 9; // 10^-9 s
    add32(InterfaceDescription);
    add32(InterfaceBytes);
    add16(LinkTypeEthernet);
    add16(0);
    add32(0); // no limit on the captured length
    add16(OptionTimeResolution);
    add16(1);
    add32(Nanoseconds);
    add32(0); // end of options
    add32(InterfaceBytes);
}

Result<> CaptureFile::add(std::span<const std::byte> frame, Direction direction)
{
    const auto length = static_cast<std::uint32_t>(frame.size());
    const std::uint32_t padding = (4 - length % 4) % 4;
    const std::uint32_t blockBytes = 44 + length + padding;
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    const auto time = static_cast<std::uint64_t>(now);
    add32(EnhancedPacket);
    add32(blockBytes);
    add32(0); // interface
    add32(static_cast<std::uint32_t>(time >> 32));
    add32(static_cast<std::uint32_t>(time));
    add32(length);
    add32(length);
    m_pending.insert(m_pending.end(), frame.begin(), frame.end());
    m_pending.resize(m_pending.size() + padding);
    add16(OptionPacketFlags);
    add16(4);
    add32(static_cast<std::uint32_t>(direction)); // inbound: towards the guest
    add32(0);                                     // end of options
    add32(blockBytes);
    return m_pending.size() < WriteAt ? Result<>{} : flush();
}

Result<> CaptureFile::flush()
{
    std::span<const std::byte> left = m_pending;
    while (!left.empty()) {
        const auto written = ::write(m_fd.get(), left.data(), left.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            const int problem = errno;
            m_pending.clear();
            return failSystem("cannot write the network capture to " + m_path, problem);
        }
        left = left.subspan(static_cast<std::size_t>(written));
    }
    m_pending.clear();
    return {};
}

} // namespace engine::net
