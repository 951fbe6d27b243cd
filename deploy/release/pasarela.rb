class Pasarela < Formula
  desc "AWS API Gateway's WebSocket API service as one program"
  homepage "https://github.com/pasarela-ws/pasarela"
  version "{{.Version}}"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "{{.URL}}/pasarela_{{.Version}}_darwin_arm64.tar.gz"
      sha256 "{{sum "darwin_arm64.tar.gz"}}"
    end
    on_intel do
      url "{{.URL}}/pasarela_{{.Version}}_darwin_amd64.tar.gz"
      sha256 "{{sum "darwin_amd64.tar.gz"}}"
    end
  end

  on_linux do
    on_arm do
      url "{{.URL}}/pasarela_{{.Version}}_linux_arm64.tar.gz"
      sha256 "{{sum "linux_arm64.tar.gz"}}"
    end
    on_intel do
      url "{{.URL}}/pasarela_{{.Version}}_linux_amd64.tar.gz"
      sha256 "{{sum "linux_amd64.tar.gz"}}"
    end
  end

  def install
    bin.install "pasarela"
    bin.install "reports" => "pasarela-reports"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/pasarela version")
  end
end
