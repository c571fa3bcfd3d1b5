// SPDX-License-Identifier: GPL-3.0-or-later
// The lines are those of SeaBIOS 1.16, src/boot.c and src/post.c.
#include "vm/boot_watch.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::size_t LongestLine = 200;
constexpr unsigned MostReports = 60; // for each start: a guest can write here too

std::string_view deviceOf(std::string_view words)
{
    if (words.starts_with("DVD/CD"))
        return "CD";
    if (words.starts_with("Hard Disk"))
        return "disk";
    if (words.starts_with("Floppy"))
        return "floppy";
    return words.starts_with("ROM") ? "network or option ROM" : std::string_view();
}

std::string names(const std::vector<MediumBoot>& media, bool MediumBoot::* kind)
{
    std::string text;
    for (const MediumBoot& medium : media) {
        if (medium.isKnown && medium.*kind)
            text += (text.empty() ? "" : ", ") + medium.name;
    }
    return text;
}

} // namespace

void BootWatch::write(std::span<const std::uint8_t> bytes)
{
    if (m_next)
        m_next->write(bytes);
    const std::scoped_lock lock(m_mutex);
    if (m_isOver)
        return;
    for (const std::uint8_t byte : bytes) {
        if (byte == '\n') {
            readLine(m_line);
            m_line.clear();
        } else if (m_line.size() < LongestLine) {
            m_line += static_cast<char>(byte);
        }
    }
}

void BootWatch::setMedia(std::vector<MediumBoot> media)
{
    const std::scoped_lock lock(m_mutex);
    m_media = std::move(media);
}

void BootWatch::restart()
{
    const std::scoped_lock lock(m_mutex);
    m_line.clear();
    m_isOver = false;
    m_hadNoBootSector = false;
    m_told = 0;
}

void BootWatch::finish()
{
    const std::scoped_lock lock(m_mutex);
    m_isOver = true;
}

void BootWatch::tell(std::string name, std::string detail)
{
    if (m_told++ < MostReports)
        m_report(std::move(name), std::move(detail));
}

void BootWatch::readLine(std::string_view line)
{
    constexpr std::string_view Version = "SeaBIOS (version ";
    constexpr std::string_view Booting = "Booting from ";
    constexpr std::string_view Failed = "Boot failed: ";
    if (line.starts_with(Version)) {
        tell("firmware",
             "SeaBIOS " + std::string(line.substr(Version.size(), line.find(')') - Version.size())));
    } else if (line.starts_with(Booting)) {
        const std::string_view what = line.substr(Booting.size());
        if (const auto device = deviceOf(what); !device.empty())
            tell("boot-attempt", "the BIOS tries the " + std::string(device));
        else if (what.size() >= 9 && what[4] == ':')
            tell("boot-sector", "the medium's own code runs");
    } else if (line.starts_with(Failed)) {
        // The other reason is a drive that cannot be read, an empty floppy drive for one.
        m_hadNoBootSector = m_hadNoBootSector || line.find("not a bootable") != std::string_view::npos
                            || line.find("CDROM") != std::string_view::npos;
        tell("boot-failed", std::string(line.substr(Failed.size())));
    } else if (line.starts_with("No bootable device.")) {
        tellWhyNothingStarts();
    }
}

void BootWatch::tellWhyNothingStarts()
{
    if (const std::string uefi = names(m_media, &MediumBoot::uefi);
        !uefi.empty() && names(m_media, &MediumBoot::bios).empty())
        tell("uefi-only-medium", uefi + " starts only with UEFI");
    else if (m_hadNoBootSector)
        tell("no-boot-sector", "no medium holds anything that a BIOS can start");
    else
        tell("no-boot-device", "the BIOS found nothing to start from");
}

std::optional<std::pair<std::string, std::string>>
BootWatch::uefiProblem(const std::vector<MediumBoot>& media)
{
    if (std::ranges::any_of(media, [](const MediumBoot& medium) { return !medium.isKnown || medium.uefi; }))
        return std::nullopt;
    if (const std::string bios = names(media, &MediumBoot::bios); !bios.empty())
        return std::pair(std::string("bios-only-medium"), bios + " starts only with a BIOS");
    return std::pair(std::string("no-boot-device"),
                     std::string("no medium holds a boot loader that UEFI could start"));
}

} // namespace engine
