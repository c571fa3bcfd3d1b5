// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/boot_coach.h"

#include <QCoreApplication>

#include <array>

using namespace Qt::StringLiterals;

namespace app {

namespace {

QString coach(const char* text)
{
    return QCoreApplication::translate("BootCoach", text);
}

bool hasCd(const GuestItem& guest)
{
    return std::ranges::any_of(guest.entry.guest.config.cds, [](const auto& cd) { return !cd.path.empty(); });
}

CoachAdvice nothingToBoot(const GuestItem& guest)
{
    if (hasCd(guest))
        return {.text = coach(QT_TRANSLATE_NOOP(
                    "BootCoach", "Neither the disk nor the CD can be started. Is it the right medium?")),
                .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Choose another medium…")),
                .action = CoachAction::ChooseMedium,
                .isProblem = true};
    return {
        .text = coach(QT_TRANSLATE_NOOP(
            "BootCoach", "The disk is still empty: there is nothing to start. Insert an installation CD.")),
        .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Choose a medium…")),
        .action = CoachAction::ChooseMedium,
        .isProblem = true};
}

} // namespace

std::optional<CoachAdvice> adviceFor(const GuestMilestone& milestone, const GuestItem& guest)
{
    const QString& name = milestone.name;
    if (name == "no-boot-device"_L1 || name == "no-boot-sector"_L1)
        return nothingToBoot(guest);
    if (name == "bios-only-medium"_L1)
        return CoachAdvice{.text = coach(QT_TRANSLATE_NOOP(
                               "BootCoach", "This medium starts only with a BIOS, and the guest uses UEFI.")),
                           .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Switch to BIOS and restart")),
                           .action = CoachAction::UseBios,
                           .isProblem = true};
    if (name == "uefi-only-medium"_L1)
        return CoachAdvice{.text = coach(QT_TRANSLATE_NOOP(
                               "BootCoach", "This medium starts only with UEFI, and the guest uses a BIOS.")),
                           .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Switch to UEFI and restart")),
                           .action = CoachAction::UseUefi,
                           .isProblem = true};
    if (name == "triple-fault"_L1)
        return CoachAdvice{
            .text = coach(QT_TRANSLATE_NOOP("BootCoach", "The guest crashed so badly that it reset itself.")),
            .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Show the log")),
            .action = CoachAction::ShowLog,
            .isProblem = true};
    if (name == "halted"_L1)
        return CoachAdvice{
            .text = coach(QT_TRANSLATE_NOOP("BootCoach", "The guest has halted and waits for nothing.")),
            .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Restart")),
            .action = CoachAction::Restart};
    if (name == "disk-full"_L1)
        return CoachAdvice{
            .text = coach(QT_TRANSLATE_NOOP(
                "BootCoach", "The computer's disk is full. The guest waits; free some space and resume it.")),
            .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Open the folder")),
            .action = CoachAction::OpenFolder,
            .isProblem = true};
    if (name == "reset"_L1 && hasCd(guest) && !guest.entry.guest.config.disks.empty()
        && milestone.milliseconds > 60000)
        return CoachAdvice{
            .text = coach(QT_TRANSLATE_NOOP(
                "BootCoach", "The guest restarts. If the installation has finished, take the CD out.")),
            .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Eject the CD")),
            .action = CoachAction::EjectCd};
    return std::nullopt;
}

std::optional<CoachAdvice> adviceForState(const GuestItem& guest)
{
    if (guest.state != GuestState::Failed)
        return std::nullopt;
    const QString text = coach(QT_TRANSLATE_NOOP("BootCoach", "The guest failed: %1"));
    return CoachAdvice{.text = text.arg(guest.failure),
                       .button = coach(QT_TRANSLATE_NOOP("BootCoach", "Show the log")),
                       .action = CoachAction::ShowLog,
                       .isProblem = true};
}

bool isProgress(const GuestMilestone& milestone)
{
    static constexpr std::array Names{"reset"_L1, "boot-sector"_L1, "kernel"_L1};
    return std::ranges::find(Names, milestone.name) != Names.end();
}

QString milestoneTitle(const QString& name)
{
    struct Title {
        QLatin1StringView name;
        const char* title;
    };
    static constexpr std::array Titles{
        Title{"start"_L1, QT_TRANSLATE_NOOP("BootCoach", "Switched on")},
        Title{"firmware"_L1, QT_TRANSLATE_NOOP("BootCoach", "Firmware started")},
        Title{"boot-attempt"_L1, QT_TRANSLATE_NOOP("BootCoach", "Tries to start from a medium")},
        Title{"boot-failed"_L1, QT_TRANSLATE_NOOP("BootCoach", "That did not work")},
        Title{"boot-sector"_L1, QT_TRANSLATE_NOOP("BootCoach", "The medium's own program started")},
        Title{"no-boot-sector"_L1, QT_TRANSLATE_NOOP("BootCoach", "Nothing on the media can be started")},
        Title{"no-boot-device"_L1, QT_TRANSLATE_NOOP("BootCoach", "Nothing to start from")},
        Title{"bios-only-medium"_L1, QT_TRANSLATE_NOOP("BootCoach", "The medium needs a BIOS")},
        Title{"uefi-only-medium"_L1, QT_TRANSLATE_NOOP("BootCoach", "The medium needs UEFI")},
        Title{"triple-fault"_L1, QT_TRANSLATE_NOOP("BootCoach", "Crashed and reset itself")},
        Title{"halted"_L1, QT_TRANSLATE_NOOP("BootCoach", "Halted for good")},
        Title{"disk-full"_L1, QT_TRANSLATE_NOOP("BootCoach", "The computer's disk is full")},
    };
    if (const auto title = std::ranges::find(Titles, name, &Title::name); title != Titles.end())
        return coach(title->title);
    if (name == "acpi-tables"_L1)
        return coach(QT_TRANSLATE_NOOP("BootCoach", "Firmware found the hardware"));
    if (name == "disk-read"_L1)
        return coach(QT_TRANSLATE_NOOP("BootCoach", "First read from a disk"));
    if (name == "kernel"_L1)
        return coach(QT_TRANSLATE_NOOP("BootCoach", "Operating system started"));
    if (name == "reset"_L1)
        return coach(QT_TRANSLATE_NOOP("BootCoach", "Restart"));
    return name;
}

} // namespace app
