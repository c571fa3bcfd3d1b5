// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_page.h"

#include "ui/look/icons.h"
#include "ui/settings/setting_editors.h"
#include "wizards/resource_slider.h"
#include "wizards/when_done.h"

#include <QGridLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollArea>
#include <QScrollBar>

using namespace Qt::StringLiterals;

namespace app {

SettingsPage::SettingsPage(GuestStore& store, HostResources host, QWidget* parent)
    : QWidget(parent), m_store(store), m_host(host), m_search(new QLineEdit), m_sections(new QListWidget),
      m_area(new QScrollArea), m_changeList(new QLabel), m_footer(makeFooter())
{
    m_search->setObjectName(u"settingsSearch"_s);
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setClearButtonEnabled(true);
    setFocusProxy(m_search);
    m_search->addAction(themeIcon(u"search"_s), QLineEdit::LeadingPosition)->setText(tr("Search settings"));
    m_sections->setAccessibleName(tr("Sections"));
    m_sections->setFixedWidth(170);
    m_sections->setFrameShape(QFrame::NoFrame);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setFocusPolicy(Qt::NoFocus);
    auto* left = new QVBoxLayout;
    left->addWidget(m_search);
    left->addWidget(m_sections);
    auto* middle = new QHBoxLayout;
    middle->addLayout(left);
    middle->addWidget(m_area, 1);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(middle, 1);
    layout->addWidget(m_footer);
    connect(m_search, &QLineEdit::textChanged, this, &SettingsPage::filter);
    connect(m_sections, &QListWidget::currentTextChanged, this, [this](const QString& section) {
        if (QWidget* heading = m_headings.value(section))
            m_area->ensureWidgetVisible(heading, 0, m_area->height() - heading->height() - 20);
    });
    connect(&store, &GuestStore::listChanged, this, [this] {
        // Only what is not being edited follows the file.
        if (!hasChanges())
            setGuest(m_id);
        refresh();
    });
    connect(&store, &GuestStore::itemChanged, this, [this](const QString& id) {
        if (id == m_id)
            refresh();
    });
}

QWidget* SettingsPage::makeFooter()
{
    m_apply = new QPushButton(themeIcon(u"dialog-ok-apply"_s), tr("&Apply"));
    m_discard = new QPushButton(themeIcon(u"edit-undo"_s), tr("&Discard"));
    m_restart = new QPushButton(themeIcon(u"system-reboot"_s), tr("&Restart now…"));
    m_apply->setObjectName(u"applySettings"_s);
    m_restart->setObjectName(u"restartGuest"_s);
    m_changeList->setWordWrap(true);
    m_changeList->setTextFormat(Qt::PlainText);
    auto* footer = new QFrame;
    footer->setFrameShape(QFrame::StyledPanel);
    auto* layout = new QHBoxLayout(footer);
    layout->addWidget(m_changeList, 1);
    layout->addWidget(m_restart, 0, Qt::AlignBottom);
    layout->addWidget(m_discard, 0, Qt::AlignBottom);
    layout->addWidget(m_apply, 0, Qt::AlignBottom);
    connect(m_apply, &QPushButton::clicked, this, &SettingsPage::apply);
    connect(m_discard, &QPushButton::clicked, this, &SettingsPage::discard);
    connect(m_restart, &QPushButton::clicked, this, &SettingsPage::restartRequested);
    return footer;
}

void SettingsPage::setGuest(const QString& id)
{
    const GuestItem* guest = m_store.find(id);
    if (id == m_id && guest && guest->entry.guest.sourceText == m_original.sourceText && !m_rows.empty())
        return;
    if (id != m_id) {
        m_diskBytes.clear();
        m_area->verticalScrollBar()->setValue(0);
    }
    m_id = id;
    m_original = guest ? guest->entry.guest : GuestDescription();
    m_edited = m_original;
    rebuild();
    askForDiskSizes();
}

void SettingsPage::askForDiskSizes()
{
    wizards::whenDone(m_store.diskCapacities(m_id), this,
                      [this, id = m_id](const std::vector<std::uint64_t>& bytes) {
                          if (id != m_id || bytes == m_diskBytes || hasChanges())
                              return;
                          m_diskBytes = bytes;
                          rebuild();
                      });
}

void SettingsPage::rebuild()
{
    const GuestItem* guest = m_store.find(m_id);
    m_settings = guest && guest->isStored && !guest->entry.problem ? settingsOf(m_original, m_diskBytes)
                                                                   : std::vector<Setting>();
    m_rows.clear();
    m_headings.clear();
    m_sections->clear();
    auto* content = new QWidget;
    // Not a form layout: that gives rows whose texts wrap too little room when they grow.
    auto* grid = new QGridLayout(content);
    grid->setColumnStretch(1, 1);
    grid->setVerticalSpacing(8);
    for (std::size_t i = 0; i < m_settings.size(); ++i) {
        const QString& section = m_settings[i].section;
        if (!m_headings.contains(section)) {
            auto* heading = new QLabel(section);
            QFont font = heading->font();
            font.setBold(true);
            font.setPointSizeF(font.pointSizeF() * 1.15);
            heading->setFont(font);
            heading->setContentsMargins(0, m_headings.isEmpty() ? 0 : 14, 0, 2);
            grid->addWidget(heading, grid->rowCount(), 0, 1, 2);
            m_headings.insert(section, heading);
            m_sections->addItem(section);
        }
        addRow(grid, i);
    }
    grid->setRowStretch(grid->rowCount(), 1);
    // Whoever has scrolled somewhere is still looking there.
    const int place = m_area->verticalScrollBar()->value();
    delete m_area->takeWidget();
    m_area->setWidget(content);
    filter(m_search->text());
    refresh();
    content->adjustSize();
    m_area->verticalScrollBar()->setValue(place);
}

void SettingsPage::addRow(QGridLayout* grid, std::size_t index)
{
    const Setting& setting = m_settings[index];
    auto* label = new QLabel(setting.label + u':');
    label->setAlignment(Qt::AlignTop | Qt::AlignTrailing);
    QWidget* editor = makeEditor(setting, index);
    editor->setObjectName(QString::fromStdString("setting." + setting.field));
    label->setBuddy(editor);
    auto* note = new QLabel(noteText(setting));
    note->setWordWrap(true);
    note->setForegroundRole(QPalette::PlaceholderText);
    auto* cell = new QWidget;
    auto* layout = new QVBoxLayout(cell);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(editor);
    layout->addWidget(note);
    const int row = grid->rowCount();
    grid->addWidget(label, row, 0);
    grid->addWidget(cell, row, 1);
    m_rows.push_back({.label = label, .editor = cell, .note = note, .setting = index});
}

QWidget* SettingsPage::makeEditor(const Setting& setting, std::size_t index)
{
    const OsInfo* os = m_original.presentation.osId.empty()
                           ? nullptr
                           : OsDatabase::instance().find(m_original.presentation.osId);
    return makeSettingEditor(setting, setting.read(m_original), os, m_host,
                             [this, index](const QVariant& value) { edit(index, value); });
}

void SettingsPage::edit(std::size_t index, const QVariant& value)
{
    const Setting& setting = m_settings[index];
    setting.write(m_edited, value);
    const bool isTaken = setting.read(m_edited) == value || setting.kind == SettingKind::Text;
    m_rows[index].note->setText(isTaken ? noteText(setting)
                                        : tr("This is not complete yet. %1").arg(setting.help));
    refresh();
}

void SettingsPage::filter(const QString& text)
{
    QSet<QString> visible;
    for (const Row& row : m_rows) {
        const Setting& setting = m_settings[row.setting];
        const bool show = setting.matches(text.trimmed());
        row.label->setVisible(show);
        row.editor->setVisible(show);
        if (show)
            visible.insert(setting.section);
    }
    for (auto heading = m_headings.begin(); heading != m_headings.end(); ++heading)
        heading.value()->setVisible(visible.contains(heading.key()));
    for (int i = 0; i < m_sections->count(); ++i)
        m_sections->item(i)->setHidden(!visible.contains(m_sections->item(i)->text()));
}

void SettingsPage::refresh()
{
    const GuestItem* guest = m_store.find(m_id);
    const bool runs = guest && guest->isAlive();
    m_changes = changesBetween(m_settings, m_original, m_edited);
    QStringList lines;
    for (const SettingChange& change : m_changes) {
        QString line = tr("%1: %2 → %3").arg(change.label, change.before, change.after);
        if (runs)
            line += change.effect == SettingEffect::Now ? tr(" (now)") : tr(" (after restart)");
        lines << line;
    }
    const bool waits = m_changes.empty() && guest && guest->needsRestart();
    if (waits)
        lines << tr("The guest sees its new settings when it has been switched off and on again.");
    m_changeList->setText(lines.join(u'\n'));
    m_apply->setVisible(!waits);
    m_discard->setVisible(!waits);
    m_restart->setVisible(waits);
    m_footer->setVisible(waits || !m_changes.empty());
    if (std::exchange(m_ran, runs) != runs) {
        for (const Row& row : m_rows)
            row.note->setText(noteText(m_settings[row.setting]));
    }
    showProblems();
    m_apply->setEnabled(!m_hasProblem && !m_isApplying);
    for (auto* slider : m_area->findChildren<wizards::ResourceSlider*>())
        slider->setEffect(runs ? wizards::ResourceSlider::Effect::AfterRestart
                               : wizards::ResourceSlider::Effect::AtStart);
}

/// The help, and for a guest that runs when a change of this would reach it (sliders say so themselves).
QString SettingsPage::noteText(const Setting& setting) const
{
    using enum SettingKind;
    const bool isSlider = setting.kind == Cpus || setting.kind == Memory || setting.kind == DiskSize;
    if (!m_ran || isSlider)
        return setting.help;
    const QString effect =
        setting.effect == SettingEffect::Now ? tr("Takes effect now.") : tr("Takes effect after a restart.");
    return setting.help.isEmpty() ? effect : setting.help + u' ' + effect;
}

void SettingsPage::showProblems()
{
    const auto problems = engine::validate(m_edited.config, m_host.memoryBytes);
    m_hasProblem = !problems.empty();
    for (const Row& row : m_rows) {
        const Setting& setting = m_settings[row.setting];
        const auto found = std::ranges::find(problems, setting.field, &engine::ConfigProblem::field);
        const bool isWrong = !setting.field.empty() && found != problems.end();
        if (isWrong)
            row.note->setText(u"⚠ "_s + QString::fromStdString(found->text));
        else if (row.note->text().startsWith(u'⚠'))
            row.note->setText(noteText(setting));
        row.note->setVisible(!row.note->text().isEmpty());
    }
}

void SettingsPage::apply()
{
    const GuestItem* guest = m_store.find(m_id);
    if (!guest || m_changes.empty() || m_hasProblem || m_isApplying)
        return;
    GuestEntry entry = guest->entry;
    const bool renamed = entry.guest.config.name != m_edited.config.name;
    const GuestDescription before = m_original;
    entry.guest.config = m_edited.config;
    entry.guest.pendingDiskBytes = m_edited.pendingDiskBytes;
    entry.guest.presentation = m_edited.presentation;
    entry.guest.sourceText = m_original.sourceText;
    m_isApplying = true;
    refresh();
    if (guest->connection)
        applyNow(before);
    wizards::whenDone(
        m_store.save(entry), this, [this, renamed, id = m_id](const engine::Result<GuestEntry>& saved) {
            m_isApplying = false;
            if (!saved) {
                emit m_store.failed(tr("The settings were not stored"), errorText(saved.error()));
                return refresh();
            }
            if (id == m_id) {
                m_original = saved->guest;
                m_edited = m_original;
                m_changes.clear();
                rebuild();
                askForDiskSizes();
            }
            const GuestItem* now = m_store.find(id);
            if (renamed && now && !now->isAlive())
                m_store.rename(id, QString::fromStdString(saved->guest.config.name));
            emit applied(id);
        });
}

/// What a running guest takes at once: discs and forwarded ports.
void SettingsPage::applyNow(const GuestDescription& before)
{
    const engine::VmConfig& now = m_edited.config;
    for (std::size_t i = 0; i < now.cds.size(); ++i) {
        if (i < before.config.cds.size() && now.cds[i] != before.config.cds[i])
            m_store.send(
                m_id, u"cd"_s,
                {{"drive"_L1, static_cast<int>(i)}, {"path"_L1, QString::fromStdString(now.cds[i].path)}});
    }
    const auto send = [this](const QString& verb, std::size_t card, const engine::PortForward& rule) {
        m_store.send(m_id, verb,
                     {{"network"_L1, static_cast<int>(card)}, {"rule"_L1, formatForwards({rule})}});
    };
    for (std::size_t i = 0; i < now.networks.size() && i < before.config.networks.size(); ++i) {
        const auto& old = before.config.networks[i].forwards;
        const auto& fresh = now.networks[i].forwards;
        for (const engine::PortForward& rule : old) {
            if (std::ranges::find(fresh, rule) == fresh.end())
                send(u"forward-remove"_s, i, rule);
        }
        for (const engine::PortForward& rule : fresh) {
            if (std::ranges::find(old, rule) == old.end())
                send(u"forward-add"_s, i, rule);
        }
    }
}

void SettingsPage::discard()
{
    m_edited = m_original;
    rebuild();
}

} // namespace app
