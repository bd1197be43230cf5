/// A proxy that requests go through. Which requests, the caller decides; this client reads no environment.
///
/// `https` requests are tunnelled (`CONNECT`), `http` requests are forwarded. The request's own header fields never
/// go to the proxy when tunnelling; user information in the URL does, as Basic authorisation.
package struct Proxy: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// `http://`, `https://`, `socks5://` or `socks5h://`, with host, port and optional user information.
    package var url: String

    package init(url: String) {
        self.url = url
    }

    /// The URL without its credentials.
    package var description: String { RedactedURL(url).description }

    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
