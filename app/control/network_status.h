// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <cstdint>

namespace app {

/// One connection of a guest, see docs/control-protocol.md.
struct ConnectionStatus {
    std::uint64_t id = 0;
    QString protocol;
    QString state;
    bool startedByGuest = true;
    int guestPort = 0;
    QString peerAddress;
    int peerPort = 0;
    QString peerName;
    std::uint64_t bytesFromGuest = 0;
    std::uint64_t bytesToGuest = 0;
    std::uint64_t ageSeconds = 0;
    bool operator==(const ConnectionStatus&) const = default;
};

/// The answer to `network`.
struct NetworkStatus {
    QString place; ///< "user", "internal:NAME" ...
    bool linkUp = true;
    int peers = 0;
    QStringList addresses;
    QList<ConnectionStatus> connections;
    QStringList names;
    QList<int> listening;
    QStringList blocked;
    QStringList forwards; ///< "tcp:2222:22"
    std::uint64_t downBitsPerSecond = 0;
    std::uint64_t upBitsPerSecond = 0;
    int delayMilliseconds = 0;
    double lossPercent = 0;
    QString captureFile;
    bool operator==(const NetworkStatus&) const = default;
};

/// Members that are missing or of another type keep their defaults; lists are cut at 4096 entries.
[[nodiscard]] NetworkStatus parseNetworkStatus(const QJsonObject& view);

/// The port that a forward leads to; 0 for text of another shape.
[[nodiscard]] int guestPortOf(const QString& rule);

} // namespace app
