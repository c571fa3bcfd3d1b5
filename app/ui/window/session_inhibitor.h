// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusUnixFileDescriptor>
#include <QObject>

#include <optional>

namespace app {

/// Keeps the computer from going to sleep by itself and from shutting down unasked while guests run
/// (org.freedesktop.login1 inhibitor locks). Does nothing where there is no such service.
class SessionInhibitor final : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    void setActive(bool isActive);
    [[nodiscard]] bool isActive() const { return m_isActive; }

private:
    bool m_isActive = false;
    std::optional<QDBusUnixFileDescriptor> m_lock;
};

} // namespace app
