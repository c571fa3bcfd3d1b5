// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_defaults.h"
#include "ui/settings/setting.h"
#include "ui/state/guest_store.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QScrollArea;

namespace app {

/// All settings of one guest on one page: sections on the left, a search field above, every change
/// listed below with when it takes effect, and nothing stored before "Apply".
class SettingsPage final : public QWidget {
    Q_OBJECT
public:
    SettingsPage(GuestStore& store, HostResources host, QWidget* parent = nullptr);
    void setGuest(const QString& id);
    [[nodiscard]] bool hasChanges() const { return !m_changes.empty(); }
    [[nodiscard]] const GuestDescription& edited() const { return m_edited; }
    void apply();
    void discard();

signals:
    void applied(const QString& id);
    /// The guest shall be switched off and on, so that it sees its new settings.
    void restartRequested();

private:
    struct Row {
        QWidget* label;
        QWidget* editor;
        QLabel* note;
        std::size_t setting;
    };
    void rebuild();
    void askForDiskSizes();
    void applyNow(const GuestDescription& before);
    [[nodiscard]] QString noteText(const Setting& setting) const;
    void addRow(QGridLayout* grid, std::size_t index);
    [[nodiscard]] QWidget* makeEditor(const Setting& setting, std::size_t index);
    void edit(std::size_t index, const QVariant& value);
    void filter(const QString& text);
    void refresh();
    void showProblems();
    [[nodiscard]] QWidget* makeFooter();

    GuestStore& m_store;
    HostResources m_host;
    QString m_id;
    GuestDescription m_original;
    GuestDescription m_edited;
    std::vector<std::uint64_t> m_diskBytes; ///< of the guest's disks now; empty until they are known
    std::vector<Setting> m_settings;
    std::vector<SettingChange> m_changes;
    std::vector<Row> m_rows;
    QHash<QString, QWidget*> m_headings;
    bool m_hasProblem = false;
    bool m_ran = false; ///< the notes are those of a running guest
    bool m_isApplying = false;
    QLineEdit* m_search;
    QListWidget* m_sections;
    QScrollArea* m_area;
    QLabel* m_changeList;
    QWidget* m_footer;
    QPushButton* m_apply;
    QPushButton* m_discard;
    QPushButton* m_restart;
};

} // namespace app
