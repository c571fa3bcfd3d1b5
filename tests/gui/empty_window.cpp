// SPDX-License-Identifier: GPL-3.0-or-later
// The least that a desktop application can be, with icons: the yardstick of the start-time test.
#include <QApplication>
#include <QIcon>
#include <QMainWindow>
#include <QMenuBar>
#include <QToolBar>

#include <cstdio>

namespace {

class EmptyWindow final : public QMainWindow {
protected:
    void paintEvent(QPaintEvent* event) override
    {
        QMainWindow::paintEvent(event);
        QMetaObject::invokeMethod(
            this,
            [] {
                std::puts("first paint");
                QApplication::quit();
            },
            Qt::QueuedConnection);
    }
};

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setStyle(QStringLiteral("fusion"));
    QIcon::setThemeSearchPaths(QStringList{QStringLiteral("/usr/share/icons")} + QIcon::themeSearchPaths());
    QIcon::setThemeName(QStringLiteral("breeze"));
    EmptyWindow window;
    QToolBar* bar = window.addToolBar(QString());
    for (const char* name : {"list-add", "media-playback-start", "media-playback-pause", "system-shutdown",
                             "configure", "edit-delete", "edit-copy", "view-fullscreen", "search",
                             "application-exit", "help-about", "video-display"})
        bar->addAction(QIcon::fromTheme(QString::fromLatin1(name)), QString());
    window.menuBar()->addMenu(QStringLiteral("Menu"));
    window.resize(1080, 700);
    window.show();
    return QApplication::exec();
}
