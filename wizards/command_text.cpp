// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/command_text.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace wizards {

namespace {

QString megabytes(std::uint64_t bytes)
{
    return QString::number(bytes >> 20U) + u'M';
}

} // namespace

QString shellCommand(const QStringList& words)
{
    static const QRegularExpression Plain(u"^[A-Za-z0-9_./:=,+-]+$"_s);
    QStringList quoted;
    for (const QString& word : words) {
        QString inner = word;
        quoted << (Plain.match(word).hasMatch() ? word : u'\'' + inner.replace(u"'"_s, u"'\\''"_s) + u'\'');
    }
    return quoted.join(u' ');
}

QString createCommand(const GuestDraft& draft)
{
    const engine::VmConfig& config = draft.config;
    QStringList words{u"guesthouse"_s, draft.medium.appliance ? u"import"_s : u"create"_s};
    if (draft.medium.appliance)
        words << QString::fromStdString(draft.medium.path.string()) << u"--name"_s
              << QString::fromStdString(config.name);
    else if (words << QString::fromStdString(config.name); !draft.medium.path.empty())
        words << QString::fromStdString(draft.medium.path.string());
    if (draft.copyMedium)
        words << u"--copy"_s;
    if (draft.isDemo)
        words << u"--demo"_s;
    if (!draft.osId.empty())
        words << u"--os"_s << QString::fromStdString(draft.osId);
    words << u"--cpus"_s << QString::number(config.cpuCount);
    words << u"--memory"_s << megabytes(config.memoryBytes);
    if (!draft.medium.appliance)
        words << u"--disk-size"_s << (draft.diskBytes == 0 ? u"0"_s : megabytes(draft.diskBytes));
    words << u"--firmware"_s << (config.firmware.kind == engine::FirmwareKind::Ovmf ? u"uefi"_s : u"bios"_s);
    if (draft.startNow)
        words << u"--start"_s;
    return shellCommand(words);
}

QString cloneCommand(const QString& original, const QString& name, bool isLinked)
{
    QStringList words{u"guesthouse"_s, u"clone"_s, original, name};
    if (isLinked)
        words << u"--linked"_s;
    return shellCommand(words);
}

} // namespace wizards
