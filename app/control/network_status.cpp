// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/network_status.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr qsizetype MostEntries = 4096;
constexpr double LargestExact = 9007199254740992.0; // 2^53

std::uint64_t number(const QJsonValue& value)
{
    return static_cast<std::uint64_t>(std::clamp(value.toDouble(), 0.0, LargestExact));
}

int smallNumber(const QJsonValue& value, int most)
{
    return static_cast<int>(std::clamp(value.toDouble(), 0.0, static_cast<double>(most)));
}

template <class T, class Convert>
QList<T> listOf(const QJsonValue& value, Convert convert)
{
    QList<T> list;
    const QJsonArray array = value.toArray();
    for (const QJsonValue& entry : array) {
        if (list.size() == MostEntries)
            break;
        list.append(convert(entry));
    }
    return list;
}

QStringList texts(const QJsonValue& value)
{
    return listOf<QString>(value, [](const QJsonValue& entry) { return entry.toString(); });
}

ConnectionStatus parseConnection(const QJsonValue& value)
{
    constexpr int LastPort = 65535;
    const QJsonObject object = value.toObject();
    return {.id = number(object.value("id"_L1)),
            .protocol = object.value("protocol"_L1).toString(),
            .state = object.value("state"_L1).toString(),
            .startedByGuest = object.value("startedBy"_L1).toString() != "peer"_L1,
            .guestPort = smallNumber(object.value("guestPort"_L1), LastPort),
            .peerAddress = object.value("peerAddress"_L1).toString(),
            .peerPort = smallNumber(object.value("peerPort"_L1), LastPort),
            .peerName = object.value("peerName"_L1).toString(),
            .bytesFromGuest = number(object.value("bytesFromGuest"_L1)),
            .bytesToGuest = number(object.value("bytesToGuest"_L1)),
            .ageSeconds = number(object.value("ageSeconds"_L1))};
}

} // namespace

NetworkStatus parseNetworkStatus(const QJsonObject& view)
{
    constexpr int LongestDelay = 10'000;
    const QJsonObject shaping = view.value("shaping"_L1).toObject();
    return {.place = view.value("place"_L1).toString(),
            .linkUp = view.value("linkUp"_L1).toBool(true),
            .peers = smallNumber(view.value("peers"_L1), 1 << 16),
            .addresses = texts(view.value("addresses"_L1)),
            .connections = listOf<ConnectionStatus>(view.value("connections"_L1), parseConnection),
            .names = listOf<QString>(
                view.value("names"_L1),
                [](const QJsonValue& entry) { return entry.toObject().value("name"_L1).toString(); }),
            .listening = listOf<int>(view.value("listening"_L1),
                                     [](const QJsonValue& entry) { return smallNumber(entry, 65535); }),
            .blocked = texts(view.value("blocked"_L1)),
            .forwards = texts(view.value("forwards"_L1)),
            .downBitsPerSecond = number(shaping.value("downBitsPerSecond"_L1)),
            .upBitsPerSecond = number(shaping.value("upBitsPerSecond"_L1)),
            .delayMilliseconds = smallNumber(shaping.value("delayMilliseconds"_L1), LongestDelay),
            .lossPercent = std::clamp(shaping.value("lossPercent"_L1).toDouble(), 0.0, 100.0),
            .captureFile = view.value("captureFile"_L1).toString()};
}

int guestPortOf(const QString& rule)
{
    return rule.section(u':', -1).toInt();
}

} // namespace app
