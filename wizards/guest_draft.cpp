// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/guest_draft.h"

#include "library/demo_medium.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace wizards {

void applyDefaults(GuestDraft& draft, const app::OsDatabase& systems, const app::HostResources& host)
{
    if (draft.isDemo)
        applyDemoDefaults(draft, host);
    else
        app::applyDefaults(draft, systems.find(draft.osId), host);
}

void applyDemoDefaults(GuestDraft& draft, const app::HostResources& host)
{
    draft.isDemo = true;
    app::applyDemoDefaults(draft, host);
}

QString suggestedName(const GuestDraft& draft, const app::OsDatabase& systems)
{
    if (draft.isDemo)
        return QCoreApplication::translate("GuestDraft", "Demo");
    if (const app::OsInfo* os = systems.find(draft.osId))
        return QString::fromStdString(os->name);
    QString label = QString::fromStdString(draft.medium.volume.volumeId).simplified();
    if (draft.medium.appliance)
        label = QString::fromStdString(draft.medium.appliance->name).simplified();
    if (label.isEmpty())
        label = QString::fromStdString(draft.medium.path.stem().string());
    constexpr qsizetype LongestSuggestion = 60;
    return label.isEmpty() ? QCoreApplication::translate("GuestDraft", "New guest")
                           : label.left(LongestSuggestion);
}

QString reasonText(app::DefaultReason reason)
{
    using enum app::DefaultReason;
    const auto text = [](const char* sentence) {
        return QCoreApplication::translate("DefaultReason", sentence);
    };
    switch (reason) {
    case ApplianceSays: return text(QT_TRANSLATE_NOOP("DefaultReason", "The appliance was made with this."));
    case OsRecommends:
        return text(QT_TRANSLATE_NOOP("DefaultReason", "This is what the makers of the system recommend."));
    case OsMinimum:
        return text(QT_TRANSLATE_NOOP("DefaultReason", "The makers of the system state only a minimum."));
    case HostLimits:
        return text(
            QT_TRANSLATE_NOOP("DefaultReason", "The system would like more than this computer can spare."));
    case Usual: return text(QT_TRANSLATE_NOOP("DefaultReason", "A size that suits most systems."));
    case NoDiskNeeded:
        return text(QT_TRANSLATE_NOOP("DefaultReason", "The system runs from its own medium."));
    case BootsOnlyBios:
        return text(QT_TRANSLATE_NOOP("DefaultReason", "The medium starts only with a BIOS."));
    case BootsOnlyUefi: return text(QT_TRANSLATE_NOOP("DefaultReason", "The medium starts only with UEFI."));
    case OsWantsUefi: return text(QT_TRANSLATE_NOOP("DefaultReason", "The system asks for UEFI."));
    case StartsEverything:
        return text(QT_TRANSLATE_NOOP("DefaultReason", "A BIOS starts nearly every medium, and fast."));
    case DriversBuiltIn:
        return text(QT_TRANSLATE_NOOP("DefaultReason",
                                      "The system has drivers for virtual hardware: the fastest choice."));
    case WorksEverywhere:
        return text(QT_TRANSLATE_NOOP("DefaultReason", "Nearly every system has drivers for this hardware."));
    }
    return {};
}

} // namespace wizards
