// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/support/fake_guest.h"
#include "desktop/guest_launcher.h"
#include "desktop/host_check.h"

#include <QCoreApplication>
#include <QMetaObject>
#include <QThread>

#include <map>

/// Starts FakeGuests instead of virtual machines.
class FakeLauncher final : public app::GuestLauncher {
public:
    explicit FakeLauncher(QString runtimeRoot) : m_root(std::move(runtimeRoot)) {}

    [[nodiscard]] engine::Result<> start(engine::VmConfig config, const std::filesystem::path&) override
    {
        if (failure)
            return std::unexpected(*failure);
        // Called on a worker thread; sockets belong to the main one.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [this, config] {
                const QString id = QString::fromStdString(config.id);
                guests[id] = std::make_unique<FakeGuest>(m_root, id, QString::fromStdString(config.name));
                started.push_back(config);
                ++m_running;
                QObject::connect(guests[id].get(), &FakeGuest::stopped, guests[id].get(),
                                 [this] { --m_running; });
            },
            Qt::BlockingQueuedConnection);
        return {};
    }
    [[nodiscard]] std::size_t runningCount() const override { return m_running; }

    std::optional<engine::Error> failure;
    std::map<QString, std::unique_ptr<FakeGuest>> guests;
    std::vector<engine::VmConfig> started;

private:
    QString m_root;
    std::atomic<std::size_t> m_running = 0;
};

class FakeHostCheck final : public app::HostCheck {
public:
    [[nodiscard]] std::vector<app::HostCheckStep> run() override { return steps; }
    std::vector<app::HostCheckStep> steps{
        {.name = "Open /dev/kvm", .isOk = true, .problem = {}, .remedy = {}}};
};
