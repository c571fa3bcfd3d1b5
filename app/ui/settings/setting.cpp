// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/setting.h"

#include "wizards/resource_scale.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace app {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Setting", text);
}

} // namespace

QString Setting::text(const QVariant& value) const
{
    switch (kind) {
    case SettingKind::Memory: return wizards::sizeText(value.toULongLong());
    case SettingKind::DiskSize:
        return value.toULongLong() == 0 ? tr(QT_TRANSLATE_NOOP("Setting", "nothing"))
                                        : wizards::sizeText(value.toULongLong());
    case SettingKind::Toggle:
        return value.toBool() ? tr(QT_TRANSLATE_NOOP("Setting", "on"))
                              : tr(QT_TRANSLATE_NOOP("Setting", "off"));
    case SettingKind::Choice: return choices.value(value.toInt());
    case SettingKind::Cpus: return QString::number(value.toULongLong());
    case SettingKind::Text:
    case SettingKind::MultiLine:
    case SettingKind::File:
        return value.toString().isEmpty() ? tr(QT_TRANSLATE_NOOP("Setting", "nothing")) : value.toString();
    }
    return {};
}

bool Setting::matches(const QString& search) const
{
    for (const QString& text : {section, label, help}) {
        if (text.contains(search, Qt::CaseInsensitive))
            return true;
    }
    return choices.filter(search, Qt::CaseInsensitive).size() > 0;
}

std::vector<SettingChange> changesBetween(const std::vector<Setting>& settings,
                                          const GuestDescription& before, const GuestDescription& after)
{
    std::vector<SettingChange> changes;
    for (const Setting& setting : settings) {
        const QVariant old = setting.read(before);
        const QVariant now = setting.read(after);
        if (old == now)
            continue;
        // "Size" alone says little.
        const bool isUnique = std::ranges::count(settings, setting.label, &Setting::label) == 1
                              && setting.kind != SettingKind::DiskSize;
        changes.push_back({isUnique ? setting.label : setting.section + u", "_s + setting.label,
                           setting.text(old), setting.text(now), setting.effect});
    }
    return changes;
}

std::optional<std::vector<engine::PortForward>> parseForwards(const QString& text)
{
    std::vector<engine::PortForward> rules;
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    for (const QString& line : lines) {
        const QStringList parts = line.trimmed().split(u':');
        if (parts.size() != 4 || (parts[0] != "tcp"_L1 && parts[0] != "udp"_L1))
            return std::nullopt;
        const std::uint16_t hostPort = parts[2].toUShort();
        const std::uint16_t guestPort = parts[3].toUShort();
        if (hostPort == 0 || guestPort == 0)
            return std::nullopt;
        rules.push_back({.udp = parts[0] == "udp"_L1,
                         .hostAddress = parts[1].toStdString(),
                         .hostPort = hostPort,
                         .guestPort = guestPort});
    }
    return rules;
}

QString formatForwards(const std::vector<engine::PortForward>& rules)
{
    QStringList lines;
    for (const engine::PortForward& rule : rules)
        lines << u"%1:%2:%3:%4"_s
                     .arg(rule.udp ? u"udp"_s : u"tcp"_s, QString::fromStdString(rule.hostAddress))
                     .arg(rule.hostPort)
                     .arg(rule.guestPort);
    return lines.join(u'\n');
}

} // namespace app
