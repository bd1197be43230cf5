import CLibcurl

/// libcurl's linked list of strings, freed with this value.
struct StringList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    /// `false` for a lack of memory; the list is as it was.
    mutating func append(_ text: String) -> Bool {
        guard let longer = curl_slist_append(first, text) else { return false }
        first = longer
        return true
    }

    deinit {
        curl_slist_free_all(first)
    }
}
