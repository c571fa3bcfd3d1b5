// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/user_guide.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTextBrowser>

using namespace Qt::StringLiterals;

namespace app {

QString UserGuide::folder()
{
    const QDir program(QCoreApplication::applicationDirPath());
    // Installed, or in a build folder of the sources.
    for (const QString& place : {u"../share/doc/guesthouse/user-guide"_s, u"../../docs/user-guide"_s,
                                 u"../../../docs/user-guide"_s}) {
        if (program.exists(place + "/README.md"_L1))
            return QDir::cleanPath(program.filePath(place));
    }
    return {};
}

UserGuide::UserGuide(QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("User guide"));
    auto* text = new QTextBrowser;
    text->setAccessibleName(tr("User guide"));
    text->setOpenExternalLinks(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(text);
    resize(820, 640);
    QFile file(folder() + "/README.md"_L1);
    if (folder().isEmpty() || !file.open(QIODevice::ReadOnly)) {
        text->setPlainText(tr("The user guide is not installed with this build. It is in the folder "
                              "docs/user-guide of the source code."));
        return;
    }
    text->setSearchPaths({folder()});
    text->setMarkdown(QString::fromUtf8(file.readAll()));
}

} // namespace app
