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
    QStringList words{u"guesthouse"_s, u"create"_s, QString::fromStdString(config.name)};
    if (!draft.medium.path.empty())
        words << QString::fromStdString(draft.medium.path.string());
    words << u"--cpus"_s << QString::number(config.cpuCount);
    words << u"--memory"_s << megabytes(config.memoryBytes);
    if (draft.diskBytes != 0)
        words << u"--disk-size"_s << megabytes(draft.diskBytes);
    if (config.firmware.kind == engine::FirmwareKind::Ovmf)
        words << u"--firmware"_s << u"uefi"_s;
    if (draft.startNow)
        words << u"--start"_s;
    return shellCommand(words);
}

} // namespace wizards
