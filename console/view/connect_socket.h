// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/owned_fd.h"

#include <QHostAddress>
#include <QString>

#include <expected>

namespace console {

/// Connected stream sockets; the error is the system's word for what went wrong.

/// A UNIX socket on this machine; does not wait.
[[nodiscard]] std::expected<OwnedFd, QString> connectToPath(const QString& path);

/// TCP. Waits up to 15 seconds, or until `interrupt` (an eventfd) is signalled.
[[nodiscard]] std::expected<OwnedFd, QString> connectToAddress(const QHostAddress& address, quint16 port,
                                                               int interrupt);

} // namespace console
