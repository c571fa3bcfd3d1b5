// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_guest_wizard.h"

#include "wizards/size_page.h"
#include "wizards/start_page.h"
#include "wizards/what_page.h"

#include <QScreen>
#include <QtConcurrentRun>

namespace wizards {

NewGuestWizard::NewGuestWizard(app::HostResources host, QStringList takenNames, bool hasDemo, QWidget* parent)
    : QWizard(parent), m_whatPage(new WhatPage(m_draft, host, hasDemo))
{
    // Read the knowledge about systems while the user looks for the file.
    (void)QtConcurrent::run([] { (void)app::OsDatabase::instance(); });
    setWindowTitle(tr("New guest"));
    setWizardStyle(QWizard::ModernStyle);
    setOption(QWizard::NoBackButtonOnStartPage);
    setButtonText(QWizard::FinishButton, tr("&Create"));
    // Qt's own words are in another package, which may be missing.
    setButtonText(QWizard::BackButton, tr("&Back"));
    setButtonText(QWizard::NextButton, tr("&Next"));
    setButtonText(QWizard::CancelButton, tr("Cancel"));
    addPage(m_whatPage);
    addPage(new SizePage(m_draft, host));
    addPage(new StartPage(m_draft, std::move(takenNames)));
    // Small screens with large fonts hold less.
    resize(QSize(680, 540).boundedTo(screen()->availableSize()));
}

void NewGuestWizard::setMedium(const QString& path)
{
    m_whatPage->setMedium(path);
}

void NewGuestWizard::chooseDemo()
{
    m_whatPage->chooseDemo();
}

} // namespace wizards
