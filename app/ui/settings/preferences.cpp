// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/preferences.h"

#include <QSettings>

using namespace Qt::StringLiterals;

namespace app {

namespace {

const QString ScalingKey = u"console/scaling"_s;
const QString AwakeKey = u"guests/keepAwake"_s;
const QString NotifyKey = u"guests/notify"_s;
const QString ClosingKey = u"closing/keepsRunning"_s;

bool decide(Inheritable own, bool preferred)
{
    return own == Inheritable::Inherit ? preferred : own == Inheritable::Yes;
}

} // namespace

ConsoleScaling preferences::scaling()
{
    const int stored = QSettings().value(ScalingKey, static_cast<int>(ConsoleScaling::Fit)).toInt();
    const bool isKnown = stored > static_cast<int>(ConsoleScaling::Inherit)
                         && stored <= static_cast<int>(ConsoleScaling::Exact);
    return isKnown ? static_cast<ConsoleScaling>(stored) : ConsoleScaling::Fit;
}

void preferences::setScaling(ConsoleScaling scaling)
{
    QSettings().setValue(ScalingKey, static_cast<int>(scaling));
}

bool preferences::keepsAwake()
{
    return QSettings().value(AwakeKey, true).toBool();
}

void preferences::setKeepsAwake(bool on)
{
    QSettings().setValue(AwakeKey, on);
}

bool preferences::notifies()
{
    return QSettings().value(NotifyKey, true).toBool();
}

void preferences::setNotifies(bool on)
{
    QSettings().setValue(NotifyKey, on);
}

bool preferences::closingKeepsRunning()
{
    return QSettings().value(ClosingKey, false).toBool();
}

void preferences::setClosingKeepsRunning(bool on)
{
    QSettings().setValue(ClosingKey, on);
}

ConsoleScaling effectiveScaling(const GuestPresentation& guest)
{
    return guest.scaling == ConsoleScaling::Inherit ? preferences::scaling() : guest.scaling;
}

bool effectiveKeepsAwake(const GuestPresentation& guest)
{
    return decide(guest.keepsAwake, preferences::keepsAwake());
}

bool effectiveNotifies(const GuestPresentation& guest)
{
    return decide(guest.notifies, preferences::notifies());
}

} // namespace app
