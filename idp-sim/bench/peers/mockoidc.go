// SPDX-License-Identifier: Apache-2.0

// mockoidc PORT, with one client "bench" whose secret is "bench-secret".
package main

import (
	"crypto/rand"
	"crypto/rsa"
	"log"
	"net"
	"os"

	"github.com/oauth2-proxy/mockoidc"
)

func main() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	server, err := mockoidc.NewServer(key)
	if err != nil {
		log.Fatal(err)
	}
	server.ClientID, server.ClientSecret = "bench", "bench-secret"
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Start(listener, nil); err != nil {
		log.Fatal(err)
	}
	select {}
}
