import KubeClient
import KubeCore
import Testing

private let plain = """
    apiVersion: v1
    kind: Config
    current-context: dev
    clusters:
    - name: one
      cluster: {server: "https://one.example:6443/", certificate-authority: ca.pem, tls-server-name: kubernetes}
    users:
    - name: me
      user: {client-certificate: me.crt, client-key: /keys/me.key}
    contexts:
    - name: dev
      context: {cluster: one, user: me, namespace: audit}
    """

struct KubeconfigTests {
    private func load(
        _ files: [String: String], flag: String? = nil, context: String? = nil, environment: [String: String] = [:],
        home: String? = "/home/x"
    ) throws(KubeError) -> ClusterConfiguration {
        try ClusterConfiguration.load(
            ClusterConfiguration.Sources(kubeconfig: flag, context: context, environment: environment, home: home, files: .fixed(files)))
    }

    private func problem(
        _ files: [String: String], flag: String? = nil, context: String? = nil, environment: [String: String] = [:],
        home: String? = "/home/x"
    ) -> String? {
        do throws(KubeError) {
            _ = try load(files, flag: flag, context: context, environment: environment, home: home)
            return nil
        } catch {
            #expect(error.code == .configuration)
            return error.message
        }
    }

    /// One cluster, one user, one context around the given members.
    private func config(cluster: String = "server: https://s", user: String = "token: t") -> [String: String] {
        [
            "/c": """
            current-context: a
            clusters: [{name: k, cluster: {\(cluster)}}]
            users: [{name: u, user: {\(user)}}]
            contexts: [{name: a, context: {cluster: k, user: u}}]
            """
        ]
    }

    @Test func `the home directory's file is read, with paths relative to it`() throws {
        let configuration = try load(["/home/x/.kube/config": plain])
        #expect(configuration.server == "https://one.example:6443")
        #expect(configuration.namespace == "audit")
        #expect(configuration.trust == .authorities(.file("/home/x/.kube/ca.pem")))
        #expect(configuration.tlsServerName == "kubernetes")
        #expect(configuration.clientCertificate?.chain == .file("/home/x/.kube/me.crt"))
        #expect(configuration.clientCertificate?.key == .file("/keys/me.key"))
        #expect(configuration.origin == "context dev of /home/x/.kube/config")
        #expect(configuration.proxy == .environment)
    }

    @Test func `the flag goes before KUBECONFIG, and KUBECONFIG before the pod and the home directory`() throws {
        let files = [
            "/flag": plain.replacing("one.example", with: "flag"), "/env": plain.replacing("one.example", with: "env"),
            "/home/x/.kube/config": plain.replacing("one.example", with: "home"),
            "/var/run/secrets/kubernetes.io/serviceaccount/token": "t",
        ]
        let pod = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"]
        let both = pod.merging(["KUBECONFIG": "/env"]) { $1 }
        #expect(try load(files, flag: "/flag", environment: both).server == "https://flag:6443")
        #expect(try load(files, environment: both).server == "https://env:6443")
        #expect(try load(files, environment: pod).server == "https://10.0.0.1:443")
        #expect(try load(files).server == "https://home:6443")
        // A context is chosen from files, never from a pod.
        #expect(try load(files, context: "dev", environment: pod).server == "https://home:6443")
    }

    @Test func `of several files the first one to name a thing counts, and absent ones are left out`() throws {
        let files = [
            "/a/c": "current-context: x\nusers: [{name: u, user: {token: first}}]\n",
            "/b/c": """
            current-context: z
            clusters: [{name: k, cluster: {server: "https://b", certificate-authority: ca.pem}}]
            users: [{name: u, user: {token: second}}]
            contexts: [{name: x, context: {cluster: k, user: u}}, {name: z, context: {cluster: k}}]
            """,
        ]
        let configuration = try load(files, environment: ["KUBECONFIG": "/none:/a/c::/b/c"])
        #expect(configuration.credential == .token("first"))
        #expect(configuration.trust == .authorities(.file("/b/ca.pem")))
        #expect(configuration.origin == "context x of /b/c")
        #expect(try load(files, context: "z", environment: ["KUBECONFIG": "/a/c:/b/c"]).credential == .none)
    }

    @Test func `data goes before files`() throws {
        let cluster = "server: https://s, certificate-authority: ca.pem, certificate-authority-data: UEVN"
        let user = "client-certificate: a, client-certificate-data: QQ==, client-key: b, client-key-data: Qg=="
        let configuration = try load(config(cluster: cluster, user: user), flag: "/c")
        #expect(configuration.trust == .authorities(.data(Array("PEM".utf8))))
        #expect(configuration.clientCertificate?.chain == .data(Array("A".utf8)))
        #expect(configuration.clientCertificate?.key == .data(Array("B".utf8)))
    }

    @Test func `a token file goes before a token, and a token before a password`() throws {
        let all = "token: t, tokenFile: f/token, username: nina, password: p"
        #expect(try load(config(user: all), flag: "/c").credential == .tokenFile("/f/token", fallback: "t"))
        #expect(try load(config(user: "token: t, username: nina"), flag: "/c").credential == .token("t"))
        #expect(try load(config(user: "username: nina, password: p"), flag: "/c").credential == .basic(user: "nina", password: "p"))
        #expect(try load(config(user: ""), flag: "/c").credential == .none)
    }

    @Test func `a proxy, an unverified server and an impersonated user are taken over`() throws {
        let cluster = "server: \"https://s\", insecure-skip-tls-verify: true, proxy-url: \"http://proxy:3128\""
        let user = "token: t, as: jane, as-uid: u1, as-groups: [a, b], as-user-extra: {scopes: [x, z]}"
        let configuration = try load(config(cluster: cluster, user: user), flag: "/c")
        #expect(configuration.trust == .unverified)
        #expect(configuration.proxy == .fixed("http://proxy:3128"))
        #expect(configuration.impersonation?.user == "jane")
        #expect(configuration.impersonation?.uid == "u1")
        #expect(configuration.impersonation?.groups == ["a", "b"])
        #expect(configuration.impersonation?.extra == ["scopes": ["x", "z"]])
    }

    @Test func `a configuration is described without its secrets`() throws {
        let text = String(describing: try load(config(user: "token: very-secret"), flag: "/c"))
        #expect(text == "https://s (context a of /c)")
    }

    @Test func `absent files are named with what to do`() {
        #expect(problem([:], flag: "/x") == "/x does not exist; pass --kubeconfig FILE or set KUBECONFIG")
        #expect(problem([:]) == "/home/x/.kube/config does not exist; pass --kubeconfig FILE or set KUBECONFIG")
        #expect(problem([:], environment: ["KUBECONFIG": "/a:/b"]) == "none of the files in KUBECONFIG exists: /a:/b")
        #expect(problem([:], home: nil)?.contains("pass --kubeconfig FILE or set KUBECONFIG") == true)
    }

    @Test func `files that are no kubeconfig are named with the place of the mistake`() {
        #expect(problem(["/c": "a: [1"], flag: "/c")?.hasPrefix("/c:") == true)
        #expect(problem(["/c": "- 1"], flag: "/c") == "/c is not a kubeconfig: not a mapping")
        #expect(problem(["/c": "kind: Pod"], flag: "/c") == "/c is not a kubeconfig: its kind is Pod and not Config")
        #expect(problem(["/c": "clusters: 7"], flag: "/c") == "/c: clusters is not a list")
        #expect(problem(["/c": "users: [{user: {}}]"], flag: "/c") == "/c: users[0] has no name")
    }

    @Test func `contexts that are missing are named with those that exist`() {
        let two = "contexts: [{name: b, context: {}}, {name: a, context: {}}]"
        #expect(problem(["/c": two], flag: "/c") == "/c has no current-context; choose one with --context; there are: a, b")
        #expect(problem(["/c": ""], flag: "/c") == "/c has no current-context; choose one with --context; it has no contexts")
        #expect(
            problem(["/c": two], flag: "/c", context: "z")
                == "--context names the context \"z\", which does not exist; there are: a, b")
        #expect(
            problem(["/c": two + "\ncurrent-context: z"], flag: "/c")
                == "the current-context of /c names the context \"z\", which does not exist; there are: a, b")
    }

    @Test func `what a context names and the file lacks is named`() {
        #expect(problem(["/c": "contexts: [{name: a, context: {}}]"], flag: "/c", context: "a") == "context a of /c names no cluster")
        #expect(
            problem(["/c": "contexts: [{name: a, context: {cluster: k}}]"], flag: "/c", context: "a")
                == "context a of /c names the cluster \"k\", which does not exist; it has no clusters")
        let noUser = """
            clusters: [{name: k, cluster: {server: "https://s"}}]
            users: [{name: other, user: {}}]
            contexts: [{name: a, context: {cluster: k, user: u}}]
            """
        #expect(
            problem(["/c": noUser], flag: "/c", context: "a")
                == "context a of /c names the user \"u\", which does not exist; there are: other")
    }

    @Test(arguments: [
        ("", "token: t", "its cluster has no server"),
        ("server: \"ftp://s\"", "token: t", "the server ftp://s is neither https nor http"),
        ("server: 7", "token: t", "server of its cluster is no text"),
        ("server: \"https://s\", certificate-authority-data: \"*\"", "token: t", "certificate-authority-data of its cluster is not base64"),
        (
            "server: \"https://s\", certificate-authority: x, insecure-skip-tls-verify: true", "token: t",
            "its cluster has both a certificate-authority and insecure-skip-tls-verify; remove one"
        ),
        ("server: \"https://s\"", "client-certificate: x", "user u has a client-certificate and no client-key"),
        ("server: \"https://s\"", "client-key: x", "user u has a client-key and no client-certificate"),
        ("server: \"https://s\"", "as-groups: [a]", "user u impersonates groups, a uid or extras, but no user: set `as`"),
        (
            "server: \"https://s\"", "auth-provider: {name: gcp}",
            "user u signs in through auth-provider (gcp), which Kubernetes 1.26 removed; use an exec plugin or a token"
        ),
        (
            "server: \"https://s\"", "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}",
            "exec of user u has no command"
        ),
        (
            "server: \"https://s\"", "exec: {command: x}",
            "exec of user u speaks no apiVersion; client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1 are known"
        ),
        (
            "server: \"https://s\"", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}",
            "exec of user u speaks client.authentication.k8s.io/v1alpha1; client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1 are known"
        ),
        (
            "server: \"https://s\"", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, }",
            "exec of user u has no interactiveMode; set it to Never or IfAvailable"
        ),
        (
            "server: \"https://s\"", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}",
            "exec of user u wants a terminal (interactiveMode: Always), which it does not get here; use a context with a token"
        ),
        (
            "server: \"https://s\"", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe}",
            "exec of user u has the interactiveMode Maybe; there are Never, IfAvailable and Always"
        ),
        (
            "server: \"https://s\"", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, args: a}",
            "args of exec of user u is no list"
        ),
        (
            "server: \"https://s\"", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, args: [1]}",
            "exec of user u has an argument that is no text"
        ),
        (
            "server: \"https://s\"",
            "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, env: [{name: A}]}",
            "exec of user u has a variable in env without a name or a value"
        ),
    ])
    func `mistakes are named with context, file and member`(cluster: String, user: String, message: String) {
        #expect(problem(config(cluster: cluster, user: user), flag: "/c") == "context a of /c: \(message)")
    }
}

struct InClusterTests {
    private let mounted = [
        "/var/run/secrets/kubernetes.io/serviceaccount/token": "t\n",
        "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "audit\n",
    ]

    @Test(arguments: [("10.0.0.1", "https://10.0.0.1:443"), ("fd00::1", "https://[fd00::1]:443"), ("[fd00::1]", "https://[fd00::1]:443")])
    func `a pod's environment names the server`(host: String, server: String) throws {
        let environment = ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"]
        let configuration = try #require(try ClusterConfiguration.inCluster(environment, .fixed(mounted)))
        #expect(configuration.server == server)
        #expect(configuration.namespace == "audit")
        #expect(configuration.credential == .tokenFile("/var/run/secrets/kubernetes.io/serviceaccount/token", fallback: nil))
        #expect(configuration.trust == .authorities(.file("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt")))
    }

    @Test func `outside of a pod there is none`() throws {
        #expect(try ClusterConfiguration.inCluster([:], .fixed(mounted)) == nil)
    }

    @Test func `a pod without a token or with a broken port says what is wrong`() {
        let token = #expect(throws: KubeError.self) {
            try ClusterConfiguration.inCluster(["KUBERNETES_SERVICE_HOST": "h", "KUBERNETES_SERVICE_PORT": "443"], .fixed([:]))
        }
        #expect(token?.message.contains("set automountServiceAccountToken: true") == true)
        let port = #expect(throws: KubeError.self) {
            try ClusterConfiguration.inCluster(["KUBERNETES_SERVICE_HOST": "h", "KUBERNETES_SERVICE_PORT": "tcp"], .fixed(mounted))
        }
        #expect(port?.message.hasPrefix("KUBERNETES_SERVICE_PORT is \"tcp\" and no port") == true)
    }
}
