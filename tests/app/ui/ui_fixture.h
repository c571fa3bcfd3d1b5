// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/support/fake_services.h"
#include "library/disk_tool.h"
#include "ui/state/guest_store.h"

#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

/// A library, a runtime folder and a store of the test's own.
class UiFixture {
public:
    UiFixture()
    {
        qputenv("XDG_DATA_HOME", m_folder.filePath(QStringLiteral("data")).toUtf8());
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder.path());
    }
    ~UiFixture() { store.reset(); }

    [[nodiscard]] std::filesystem::path root() const
    {
        return (m_folder.path() + QStringLiteral("/data/guests")).toStdString();
    }
    [[nodiscard]] QString runtimeRoot() const { return m_folder.filePath(QStringLiteral("run")); }
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }

    /// Before load(): a guest on disk.
    app::GuestEntry addGuest(const std::string& name, const std::string& group = {})
    {
        app::GuestDescription guest;
        guest.config.name = name;
        guest.config.cds = {{}};
        guest.config.disks = {{.path = "disks/system.img", .format = "raw"}};
        guest.config.networks = {{}};
        guest.presentation.group = group;
        auto made = app::GuestLibrary::open(root()).value().create(guest, [](const auto& folder) {
            return app::makeRawDiskTool()->createDisk(folder / "disks" / "system.img", 1 << 20);
        });
        return made.value();
    }

    bool load()
    {
        store = std::make_unique<app::GuestStore>(root(), runtimeRoot(), launcher, *disks);
        return QTest::qWaitFor([this] { return store->isLoaded(); }, 20000);
    }

    [[nodiscard]] const app::GuestItem* guest(const QString& name) const
    {
        for (const app::GuestItem& item : store->items()) {
            if (item.name() == name)
                return &item;
        }
        return nullptr;
    }
    [[nodiscard]] app::GuestState stateOf(const QString& name) const
    {
        const app::GuestItem* item = guest(name);
        return item ? item->state : app::GuestState::Damaged;
    }
    [[nodiscard]] FakeGuest* running(const QString& name) const
    {
        const app::GuestItem* item = guest(name);
        const auto found = item ? launcher.guests.find(item->id) : launcher.guests.end();
        return found == launcher.guests.end() ? nullptr : found->second.get();
    }

private:
    QTemporaryDir m_folder;

public:
    FakeLauncher launcher{runtimeRoot()};
    FakeHostCheck hostCheck;
    std::unique_ptr<app::DiskTool> disks = app::makeRawDiskTool();
    std::unique_ptr<app::GuestStore> store;
};
