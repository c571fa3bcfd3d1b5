// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFuture>
#include <QFutureWatcher>

#include <utility>

namespace wizards {

/// Calls `function` with the future's result in the thread of `owner`, or never when `owner` has gone by
/// then or the work was abandoned without a result. (QFuture::then() with a context demands that the context
/// outlives the work.)
template <class T, class Function>
void whenDone(const QFuture<T>& future, QObject* owner, Function&& function)
{
    auto* watcher = new QFutureWatcher<T>(owner);
    QObject::connect(watcher, &QFutureWatcher<T>::finished, owner,
                     [watcher, function = std::forward<Function>(function)]() mutable {
                         watcher->deleteLater();
                         if (watcher->future().resultCount() > 0)
                             function(watcher->result());
                     });
    watcher->setFuture(future);
}

} // namespace wizards
