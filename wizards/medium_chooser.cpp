// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/medium_chooser.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QMimeData>
#include <QPushButton>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace wizards {

MediumChooser::MediumChooser(QWidget* parent)
    : QFrame(parent), m_path(new QLineEdit), m_browse(new QPushButton(tr("Choose &file…")))
{
    setAcceptDrops(true);
    setFrameShape(QFrame::StyledPanel);
    auto* hint = new QLabel(tr("Drop an ISO or a disk image here, or choose a file:"));
    m_path->setObjectName(u"mediumPath"_s);
    m_path->setAccessibleName(tr("File to start from"));
    m_path->setPlaceholderText(tr("ISO, disk image (qcow2, raw, vmdk, vdi), floppy or appliance (ova)"));
    m_path->setClearButtonEnabled(true);
    setFocusProxy(m_path);
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->addWidget(hint, 0, 0, 1, 2);
    layout->addWidget(m_path, 1, 0);
    layout->addWidget(m_browse, 1, 1);
    connect(m_path, &QLineEdit::textChanged, this, [this] { emit pathChanged(path()); });
    connect(m_browse, &QPushButton::clicked, this, &MediumChooser::browse);
}

QString MediumChooser::droppedFile(const QMimeData* data)
{
    const QList<QUrl> urls = data->urls();
    for (const QUrl& url : urls) {
        if (url.isLocalFile())
            return url.toLocalFile();
    }
    return {};
}

QString MediumChooser::fileFilter()
{
    return tr("Media and disks (*.iso *.img *.qcow2 *.raw *.vmdk *.vdi *.vhd *.vhdx *.flp *.ova *.ovf)")
           + ";;"_L1 + tr("All files (*)");
}

void MediumChooser::dragEnterEvent(QDragEnterEvent* event)
{
    if (!droppedFile(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MediumChooser::dropEvent(QDropEvent* event)
{
    setPath(droppedFile(event->mimeData()));
    event->acceptProposedAction();
}

void MediumChooser::browse()
{
    auto* dialog = new QFileDialog(this, tr("Choose a medium"), path(), fileFilter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MediumChooser::setPath);
    dialog->open();
}

} // namespace wizards
