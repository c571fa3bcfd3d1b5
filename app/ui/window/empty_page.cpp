// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/empty_page.h"

#include "ui/look/icons.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace app {

EmptyPage::EmptyPage(bool hasDemo, QWidget* parent) : QWidget(parent)
{
    auto* picture = new QLabel;
    picture->setPixmap(themeIcon(u"guesthouse"_s).pixmap(96));
    auto* title = new QLabel(tr("Welcome to Guesthouse"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.8);
    title->setFont(large);
    auto* text =
        new QLabel(tr("Drop an ISO or a disk image anywhere on this window,\nor begin with one of these:"));
    text->setAlignment(Qt::AlignCenter);
    auto* create = new QPushButton(themeIcon(u"list-add"_s), tr("&New guest…"));
    create->setObjectName(u"emptyNew"_s);
    create->setDefault(true);
    auto* demo = new QPushButton(themeIcon(u"media-playback-start"_s), tr("Start the &demo"));
    demo->setObjectName(u"emptyDemo"_s);
    demo->setToolTip(tr("A small guest that is part of Guesthouse; nothing to download"));
    demo->setVisible(hasDemo);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(create);
    buttons->addWidget(demo);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(14);
    layout->addStretch(2);
    for (QLabel* label : {picture, title, text})
        layout->addWidget(label, 0, Qt::AlignHCenter);
    layout->addLayout(buttons);
    layout->addStretch(3);
    connect(create, &QPushButton::clicked, this, &EmptyPage::newRequested);
    connect(demo, &QPushButton::clicked, this, &EmptyPage::demoRequested);
}

} // namespace app
