// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to set, section by section.
#include "ui/settings/setting.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace app {

namespace {

struct Labels {
    Q_DECLARE_TR_FUNCTIONS(Setting)
};

using Settings = std::vector<Setting>;
using Guest = GuestDescription;

/// A text member, reached by `get(guest)`.
template <class Get>
Setting textSetting(QString section, QString label, QString help, std::string field, Get get)
{
    return {
        .section = std::move(section),
        .label = std::move(label),
        .help = std::move(help),
        .kind = SettingKind::Text,
        .field = std::move(field),
        .choices = {},
        .read = [get](const Guest& guest) -> QVariant {
            return QString::fromStdString(get(const_cast<Guest&>(guest))); // NOLINT: only read
        },
        .write = [get](Guest& guest, const QVariant& value) { get(guest) = value.toString().toStdString(); }};
}

template <class Get>
Setting toggleSetting(QString section, QString label, QString help, Get get)
{
    return {.section = std::move(section),
            .label = std::move(label),
            .help = std::move(help),
            .kind = SettingKind::Toggle,
            .field = {},
            .choices = {},
            .read = [get](const Guest& guest) -> QVariant {
                return bool(get(const_cast<Guest&>(guest))); // NOLINT: only read
            },
            .write = [get](Guest& guest, const QVariant& value) { get(guest) = value.toBool(); }};
}

/// An enumeration whose values count from 0.
template <class Get>
Setting choiceSetting(QString section, QString label, QString help, QStringList choices, Get get)
{
    return {.section = std::move(section),
            .label = std::move(label),
            .help = std::move(help),
            .kind = SettingKind::Choice,
            .field = {},
            .choices = std::move(choices),
            .read = [get](const Guest& guest) -> QVariant {
                return static_cast<int>(get(const_cast<Guest&>(guest))); // NOLINT: only read
            },
            .write =
                [get](Guest& guest, const QVariant& value) {
                    auto& member = get(guest);
                    member = static_cast<std::remove_reference_t<decltype(member)>>(value.toInt());
                }};
}

void addGeneral(Settings& list)
{
    const QString section = Labels::tr("General");
    Setting name = textSetting(section, Labels::tr("Name"), {}, "name",
                               [](Guest& guest) -> std::string& { return guest.config.name; });
    Setting group =
        textSetting(section, Labels::tr("Group"), Labels::tr("Guests of one group are listed together."), {},
                    [](Guest& guest) -> std::string& { return guest.presentation.group; });
    Setting notes = textSetting(section, Labels::tr("Notes"), {}, {},
                                [](Guest& guest) -> std::string& { return guest.presentation.notes; });
    notes.kind = SettingKind::MultiLine;
    Setting favourite =
        toggleSetting(section, Labels::tr("Favourite"), Labels::tr("Favourites are listed first."),
                      [](Guest& guest) -> bool& { return guest.presentation.favourite; });
    for (Setting* setting : {&name, &group, &notes, &favourite}) {
        setting->effect = SettingEffect::Now;
        list.push_back(std::move(*setting));
    }
}

/// What the user's preferences say for all guests, and one guest may have otherwise.
void addOverrides(Settings& list)
{
    const QString inherit = Labels::tr("As in the preferences");
    const QStringList answers{inherit, Labels::tr("Yes"), Labels::tr("No")};
    Setting scaling = choiceSetting(
        Labels::tr("Screen and input"), Labels::tr("Scaling"), {},
        {inherit, Labels::tr("Fit the window"), Labels::tr("Whole multiples"), Labels::tr("Exact pixels")},
        [](Guest& guest) -> ConsoleScaling& { return guest.presentation.scaling; });
    Setting awake =
        choiceSetting(Labels::tr("Desktop"), Labels::tr("Keep the computer awake"),
                      Labels::tr("While this guest runs, the computer does not go to sleep by itself."),
                      answers, [](Guest& guest) -> Inheritable& { return guest.presentation.keepsAwake; });
    Setting notifies =
        choiceSetting(Labels::tr("Desktop"), Labels::tr("Tell me when it ends"), {}, answers,
                      [](Guest& guest) -> Inheritable& { return guest.presentation.notifies; });
    for (Setting* setting : {&scaling, &awake, &notifies}) {
        setting->effect = SettingEffect::Now;
        list.push_back(std::move(*setting));
    }
}

void addComputer(Settings& list)
{
    const QString section = Labels::tr("Processors and memory");
    list.push_back({.section = section,
                    .label = Labels::tr("Processors"),
                    .help = {},
                    .kind = SettingKind::Cpus,
                    .field = "cpuCount",
                    .choices = {},
                    .read = [](const Guest& guest) -> QVariant { return quint64(guest.config.cpuCount); },
                    .write =
                        [](Guest& guest, const QVariant& value) {
                            guest.config.cpuCount = static_cast<std::uint32_t>(value.toULongLong());
                        }});
    list.push_back({.section = section,
                    .label = Labels::tr("Memory"),
                    .help = {},
                    .kind = SettingKind::Memory,
                    .field = "memoryBytes",
                    .choices = {},
                    .read = [](const Guest& guest) -> QVariant { return quint64(guest.config.memoryBytes); },
                    .write = [](Guest& guest,
                                const QVariant& value) { guest.config.memoryBytes = value.toULongLong(); }});
}

void addStart(Settings& list)
{
    const QString section = Labels::tr("Start");
    list.push_back(
        choiceSetting(section, Labels::tr("Firmware"),
                      Labels::tr("An installed system starts only with the one it was installed with."),
                      {Labels::tr("BIOS"), Labels::tr("UEFI"), Labels::tr("Own file")},
                      [](Guest& guest) -> engine::FirmwareKind& { return guest.config.firmware.kind; }));
    list.push_back({.section = section,
                    .label = Labels::tr("Start first from"),
                    .help = Labels::tr("Automatic: the disk as soon as something is installed on it."),
                    .kind = SettingKind::Choice,
                    .field = {},
                    .choices = {Labels::tr("Automatic"), Labels::tr("CD"), Labels::tr("Disk"),
                                Labels::tr("Floppy"), Labels::tr("Network")},
                    .read = [](const Guest& guest) -> QVariant {
                        const auto& order = guest.config.bootOrder;
                        return order.empty() ? 0 : static_cast<int>(order.front()) + 1;
                    },
                    .write =
                        [](Guest& guest, const QVariant& value) {
                            guest.config.bootOrder.clear();
                            if (value.toInt() > 0)
                                guest.config.bootOrder.push_back(
                                    static_cast<engine::BootDevice>(value.toInt() - 1));
                        }});
    list.push_back(toggleSetting(section, Labels::tr("Clock shows local time"),
                                 Labels::tr("Windows expects this."),
                                 [](Guest& guest) -> bool& { return guest.config.rtcLocalTime; }));
    list.push_back(toggleSetting(section, Labels::tr("Stop instead of restarting"), {},
                                 [](Guest& guest) -> bool& { return guest.config.stopOnReset; }));
}

/// The size that is wished for disk `i`; GuestDescription::pendingDiskBytes holds it.
Setting diskSizeSetting(QString section, std::size_t i, std::uint64_t capacity)
{
    return {.section = std::move(section),
            .label = Labels::tr("Size"),
            .help =
                capacity == 0
                    ? Labels::tr("A new, empty disk; the system in the guest sets it up.")
                    : Labels::tr("A disk only grows. Afterwards its partition and file system must grow too, "
                                 "inside of the guest: in Linux with growpart and resize2fs, in Windows with "
                                 "Disk Management."),
            .kind = SettingKind::DiskSize,
            .field = "disks[" + std::to_string(i) + "].size",
            .choices = {},
            .least = capacity,
            .read = [=](const Guest& guest) -> QVariant {
                const auto& wished = guest.pendingDiskBytes;
                return quint64(i < wished.size() && wished[i] != 0 ? wished[i] : capacity);
            },
            .write =
                [=](Guest& guest, const QVariant& value) {
                    guest.pendingDiskBytes.resize(std::max(guest.pendingDiskBytes.size(), i + 1));
                    guest.pendingDiskBytes[i] = value.toULongLong() == capacity ? 0 : value.toULongLong();
                }};
}

void addDisks(Settings& list, const engine::VmConfig& config, const std::vector<std::uint64_t>& diskBytes)
{
    if (config.disks.empty())
        list.push_back(diskSizeSetting(Labels::tr("Disk %1").arg(1), 0, 0));
    for (std::size_t i = 0; i < config.disks.size(); ++i) {
        const QString section = Labels::tr("Disk %1").arg(i + 1);
        if (i < diskBytes.size() && diskBytes[i] != 0)
            list.push_back(diskSizeSetting(section, i, diskBytes[i]));
        const auto disk = [i](Guest& guest) -> engine::DiskConfig& { return guest.config.disks.at(i); };
        Setting file =
            textSetting(section, Labels::tr("Image file"), {}, "disks[" + std::to_string(i) + "].path",
                        [=](Guest& guest) -> std::string& { return disk(guest).path; });
        file.kind = SettingKind::File;
        list.push_back(std::move(file));
        list.push_back(choiceSetting(section, Labels::tr("Connected by"),
                                     Labels::tr("Every system knows SATA; virtio and NVMe are faster."),
                                     {u"SATA"_s, u"NVMe"_s, u"virtio"_s},
                                     [=](Guest& guest) -> engine::DiskBus& { return disk(guest).bus; }));
        list.push_back(toggleSetting(section, Labels::tr("Read only"), {},
                                     [=](Guest& guest) -> bool& { return disk(guest).readOnly; }));
        list.push_back(toggleSetting(section, Labels::tr("Forget changes"),
                                     Labels::tr("What the guest writes is thrown away when it ends."),
                                     [=](Guest& guest) -> bool& { return disk(guest).discardChanges; }));
    }
}

void addMedia(Settings& list, const engine::VmConfig& config)
{
    for (std::size_t i = 0; i < config.cds.size(); ++i) {
        Setting cd =
            textSetting(Labels::tr("CD and floppy"), Labels::tr("CD"), Labels::tr("Empty: no disc."), {},
                        [i](Guest& guest) -> std::string& { return guest.config.cds.at(i).path; });
        cd.kind = SettingKind::File;
        cd.effect = SettingEffect::Now;
        list.push_back(std::move(cd));
    }
    Setting floppy = textSetting(Labels::tr("CD and floppy"), Labels::tr("Floppy"), {}, {},
                                 [](Guest& guest) -> std::string& { return guest.config.floppyPath; });
    floppy.kind = SettingKind::File;
    list.push_back(std::move(floppy));
}

void addNetworks(Settings& list, const engine::VmConfig& config)
{
    for (std::size_t i = 0; i < config.networks.size(); ++i) {
        const QString section = Labels::tr("Network %1").arg(i + 1);
        const auto card = [i](Guest& guest) -> engine::NetworkConfig& { return guest.config.networks.at(i); };
        list.push_back(choiceSetting(section, Labels::tr("Access"), {},
                                     {Labels::tr("None"), Labels::tr("Internet"), Labels::tr("Isolated"),
                                      Labels::tr("Between guests"), Labels::tr("Tap interface")},
                                     [=](Guest& guest) -> engine::NetworkMode& { return card(guest).mode; }));
        list.push_back(
            choiceSetting(section, Labels::tr("Card"), Labels::tr("Every system knows the Intel card."),
                          {u"Intel e1000e"_s, u"virtio"_s},
                          [=](Guest& guest) -> engine::NetworkModel& { return card(guest).model; }));
        const std::string place = "networks[" + std::to_string(i) + "]";
        list.push_back(textSetting(section, Labels::tr("Name"),
                                   Labels::tr("Of the network between guests, or of the tap interface."),
                                   place + ".name",
                                   [=](Guest& guest) -> std::string& { return card(guest).name; }));
        list.push_back(textSetting(
            section, Labels::tr("MAC address"), Labels::tr("Empty: made from the guest's identity."),
            place + ".macAddress", [=](Guest& guest) -> std::string& { return card(guest).macAddress; }));
        list.push_back({.section = section,
                        .label = Labels::tr("Forwarded ports"),
                        .help = Labels::tr(
                            "One a line: tcp:127.0.0.1:2222:22 makes the guest's port 22 reachable at 2222."),
                        .kind = SettingKind::MultiLine,
                        .effect = SettingEffect::Now,
                        .field = place + ".forwards",
                        .choices = {},
                        .read = [=](const Guest& guest) -> QVariant {
                            return formatForwards(guest.config.networks.at(i).forwards);
                        },
                        .write =
                            [=](Guest& guest, const QVariant& value) {
                                if (const auto rules = parseForwards(value.toString()))
                                    card(guest).forwards = *rules;
                            }});
    }
}

} // namespace

Settings settingsOf(const GuestDescription& guest, const std::vector<std::uint64_t>& diskBytes)
{
    Settings list;
    addGeneral(list);
    addComputer(list);
    addStart(list);
    addDisks(list, guest.config, diskBytes);
    addMedia(list, guest.config);
    addNetworks(list, guest.config);
    addOverrides(list);
    const QString section = Labels::tr("Screen and input");
    list.push_back(toggleSetting(section, Labels::tr("Has a screen"), {},
                                 [](Guest& g) -> bool& { return g.config.hasDisplay; }));
    list.push_back(
        choiceSetting(section, Labels::tr("Graphics card"),
                      Labels::tr("Every system knows the VGA; virtio-gpu follows the window's size."),
                      {u"VGA"_s, u"virtio-gpu"_s},
                      [](Guest& g) -> engine::DisplayModel& { return g.config.displayModel; }));
    list.push_back(choiceSetting(
        section, Labels::tr("Pointer"),
        Labels::tr(
            "With a tablet the pointer follows yours without being captured. Guests without a driver for "
            "it have the mouse."),
        {Labels::tr("PS/2 mouse"), Labels::tr("USB tablet"), Labels::tr("virtio tablet")},
        [](Guest& g) -> engine::PointerKind& { return g.config.pointer; }));
    list.push_back(
        choiceSetting(section, Labels::tr("Keyboard"),
                      Labels::tr("Guests without a driver for the chosen one have the PS/2 keyboard."),
                      {Labels::tr("PS/2"), Labels::tr("USB"), Labels::tr("virtio")},
                      [](Guest& g) -> engine::KeyboardKind& { return g.config.keyboard; }));
    return list;
}

} // namespace app
