package import KubeCore

/// Which objects of a kind a list or a watch is about.
package struct Selection: Sendable, Hashable {
    /// nil: all namespaces, or a cluster-scoped kind.
    package var namespace: String?
    /// In the query syntax: `app=x,tier in (a,b),!legacy`.
    package var labelSelector: String?
    /// In the query syntax: `spec.nodeName=n1`.
    package var fieldSelector: String?

    package init(namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }

    package init(namespace: String? = nil, matching labels: LabelSelector, fieldSelector: String? = nil) {
        self.init(namespace: namespace, labelSelector: labels.queryText, fieldSelector: fieldSelector)
    }

    package static var everything: Selection { Selection() }

    var query: [QueryItem] {
        var items: [QueryItem] = []
        if let labelSelector, !labelSelector.isEmpty { items.append(QueryItem("labelSelector", labelSelector)) }
        if let fieldSelector, !fieldSelector.isEmpty { items.append(QueryItem("fieldSelector", fieldSelector)) }
        return items
    }
}

/// How fresh a list must be, and which page of it is asked for.
package struct ListOptions: Sendable, Hashable {
    package enum Match: String, Sendable, Hashable { case notOlderThan = "NotOlderThan", exact = "Exact" }

    /// Objects a page; nil for all at once.
    package var limit: Int?
    /// The token of the page before.
    package var continueToken: String?
    /// nil: the newest, confirmed by a quorum.
    package var resourceVersion: String?
    package var match: Match?

    package init(limit: Int? = nil, continueToken: String? = nil, resourceVersion: String? = nil, match: Match? = nil) {
        self.limit = limit
        self.continueToken = continueToken
        self.resourceVersion = resourceVersion
        self.match = match
    }
}

package struct WatchOptions: Sendable, Hashable {
    /// The revision after which events are wanted; nil starts with an ADDED for all that exists.
    package var resourceVersion: String?
    /// After this many seconds the server ends the watch cleanly.
    package var timeoutSeconds: Int?
    /// WatchList: all that exists as ADDED, then a bookmark marked as the end of the initial events, then changes.
    package var sendInitialEvents: Bool
    /// The longest silence before the stream counts as dead. Servers send a bookmark about every minute.
    package var idleTimeout: Duration

    package init(
        resourceVersion: String? = nil, timeoutSeconds: Int? = nil, sendInitialEvents: Bool = false, idleTimeout: Duration = .seconds(90)
    ) {
        self.resourceVersion = resourceVersion
        self.timeoutSeconds = timeoutSeconds
        self.sendInitialEvents = sendInitialEvents
        self.idleTimeout = idleTimeout
    }
}
