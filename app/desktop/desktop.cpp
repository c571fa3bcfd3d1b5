// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/desktop.h"

#include "desktop/stall_watch.h"
#include "ui/look/icons.h"
#include "ui/window/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QLibraryInfo>
#include <QSettings>
#include <QTranslator>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace app {

namespace {

void installTranslations(QApplication& application)
{
    for (const auto& [name, folder] :
         {std::pair(u"qtbase"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath)),
          std::pair(u"guesthouse"_s, u":/i18n"_s)}) {
        auto* translator = new QTranslator(&application);
        // English has plural forms too; other languages that are not there get them as well.
        if (translator->load(QLocale(), name, u"_"_s, folder) || translator->load(name + u"_en"_s, folder))
            QApplication::installTranslator(translator);
    }
}

void applyLook()
{
    QApplication::setStyle(u"fusion"_s);
    const QSettings settings;
    const bool dark = settings.value(u"look/dark"_s, isDark(QApplication::palette())).toBool();
    if (dark)
        QApplication::setPalette(darkPalette());
    useIconThemeFor(QApplication::palette());
}

/// Tests ask for one that watches itself.
std::unique_ptr<QApplication> makeApplication(int& argc, char** argv)
{
    if (const QString file = qEnvironmentVariable("GUESTHOUSE_STALL_LOG"); !file.isEmpty())
        return std::make_unique<StallWatch>(argc, argv, file);
    return std::make_unique<QApplication>(argc, argv);
}

/// For the start-time benchmark: one line when the first picture is there, then the end.
void measureStart(MainWindow& window)
{
    if (qEnvironmentVariableIsSet("GUESTHOUSE_EXIT_AFTER_FIRST_PAINT"))
        QObject::connect(
            &window, &MainWindow::firstPainted, &window,
            [] {
                std::puts("first paint");
                std::fflush(stdout);
                QApplication::quit();
            },
            Qt::QueuedConnection);
}

} // namespace

int runDesktop(int argc, char** argv, DesktopServices services)
{
    const auto made = makeApplication(argc, argv);
    QApplication& application = *made;
    QApplication::setApplicationName(u"guesthouse"_s);
    QApplication::setApplicationDisplayName(u"Guesthouse"_s);
    QApplication::setDesktopFileName(u"io.github.guesthouse.Guesthouse"_s);
    QApplication::setOrganizationName(u"guesthouse"_s);
    QApplication::setApplicationVersion(QStringLiteral(GUESTHOUSE_VERSION));
    QApplication::setQuitOnLastWindowClosed(false);
    installTranslations(application);
    applyLook();
    const auto root = GuestLibrary::defaultRoot();
    GuestStore store(root, RunningGuests::defaultFolder(), services.launcher, services.disks);
    MainWindow window({.store = store,
                       .launcher = services.launcher,
                       .hostCheck = services.hostCheck,
                       .host = HostResources::ofThisComputer(root.parent_path().parent_path()),
                       .console = std::move(services.console),
                       .demoImage = std::move(services.demoImage)});
    measureStart(window);
    window.show();
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() > 1)
        window.openFile(arguments.at(1));
    return QApplication::exec();
}

} // namespace app
