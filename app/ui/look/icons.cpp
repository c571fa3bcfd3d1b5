// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/icons.h"

#include <QFile>
#include <QHash>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace app {

namespace {

/// Our names for things and what Breeze calls them.
QString breezeName(const QString& name)
{
    static const QHash<QString, QString> Names{
        {u"state-ok"_s, u"media-playback-start"_s},     {u"state-pause"_s, u"media-playback-pause"_s},
        {u"state-offline"_s, u"media-playback-stop"_s}, {u"state-sync"_s, u"view-refresh"_s},
        {u"state-error"_s, u"dialog-error"_s},
    };
    return Names.value(name, name);
}

} // namespace

bool isDark(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

void useIconThemeFor(const QPalette& palette)
{
    // Some platforms start without any search path.
    QStringList paths = QIcon::themeSearchPaths();
    for (const QString& path : {u"/usr/share/icons"_s, u"/app/share/icons"_s}) {
        if (!paths.contains(path))
            paths << path;
    }
    QIcon::setThemeSearchPaths(paths);
    QIcon::setFallbackThemeName(u"breeze"_s);
    QIcon::setThemeName(isDark(palette) ? u"breeze-dark"_s : u"breeze"_s);
}

QIcon themeIcon(const QString& name)
{
    const QString own = u":/icons/own/%1.svg"_s.arg(name);
    if (QFile::exists(own))
        return QIcon(own);
    return QIcon::fromTheme(breezeName(name));
}

QPalette darkPalette()
{
    // The colours of Breeze Dark.
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(0x2A, 0x2E, 0x32));
    palette.setColor(QPalette::WindowText, QColor(0xFC, 0xFC, 0xFC));
    palette.setColor(QPalette::Base, QColor(0x1B, 0x1E, 0x20));
    palette.setColor(QPalette::AlternateBase, QColor(0x23, 0x26, 0x29));
    palette.setColor(QPalette::Text, QColor(0xFC, 0xFC, 0xFC));
    palette.setColor(QPalette::PlaceholderText, QColor(0xA1, 0xA9, 0xB1));
    palette.setColor(QPalette::Button, QColor(0x31, 0x36, 0x3B));
    palette.setColor(QPalette::ButtonText, QColor(0xFC, 0xFC, 0xFC));
    palette.setColor(QPalette::ToolTipBase, QColor(0x31, 0x36, 0x3B));
    palette.setColor(QPalette::ToolTipText, QColor(0xFC, 0xFC, 0xFC));
    palette.setColor(QPalette::Highlight, QColor(0x3D, 0xAE, 0xE9));
    palette.setColor(QPalette::HighlightedText, QColor(0xFC, 0xFC, 0xFC));
    palette.setColor(QPalette::Link, QColor(0x1D, 0x99, 0xF3));
    palette.setColor(QPalette::Mid, QColor(0x5E, 0x62, 0x66));
    palette.setColor(QPalette::Light, QColor(0x40, 0x46, 0x4C));
    palette.setColor(QPalette::Dark, QColor(0x14, 0x16, 0x18));
    const QColor disabled(0x7B, 0x80, 0x85);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    return palette;
}

} // namespace app
