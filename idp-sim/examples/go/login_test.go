// SPDX-License-Identifier: Apache-2.0

// Package login shows a Go test suite on one simulator: TestMain starts it, each test has an
// issuer of its own and runs in parallel. Replace app by your own.
package login

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const client = "66666666-7777-8888-9999-aaaaaaaaaaaa"

var ready struct{ Control string }

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	program := os.Getenv("IDP_SIM")
	if program == "" {
		program = "idp-sim"
	}
	sim := exec.Command(program, "serve", "--port", "0", "--ready", "json", "--exit-on-stdin-close")
	stdin, _ := sim.StdinPipe()
	stdout, _ := sim.StdoutPipe()
	if err := sim.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer sim.Wait()
	defer stdin.Close()
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func control(t *testing.T, path string, body any) map[string]any {
	t.Helper()
	text, _ := json.Marshal(body)
	answer, err := http.Post(ready.Control+path, "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said := map[string]any{}
	json.NewDecoder(answer.Body).Decode(&said)
	if answer.StatusCode >= 300 {
		t.Fatal(said["error"])
	}
	return said
}

type tenant struct{ id, issuer string }

func newTenant(t *testing.T) tenant {
	t.Parallel()
	made := control(t, "/_sim/tenants", map[string]any{"provider": "azure"})
	return tenant{made["tenant"].(string), made["issuer"].(string)}
}

// app stands for your application.
func app(issuer, endpoint string, form url.Values) (map[string]any, error) {
	form.Set("client_id", client)
	answer, err := http.PostForm(strings.TrimSuffix(issuer, "/v2.0")+"/oauth2/v2.0/"+endpoint, form)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	said := map[string]any{}
	json.NewDecoder(answer.Body).Decode(&said)
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%v", said["error_description"])
	}
	return said, nil
}

func begin(issuer string) (map[string]any, error) {
	return app(issuer, "devicecode", url.Values{"scope": {"openid offline_access"}})
}

func TestAPersonSignsIn(t *testing.T) {
	azure := newTenant(t)
	device, err := begin(azure.issuer)
	if err != nil {
		t.Fatal(err)
	}
	control(t, "/_sim/devices/"+device["user_code"].(string)+"/approve", map[string]any{"user": "alice"})
	tokens, err := app(azure.issuer, "token", url.Values{
		"grant_type":  {"urn:ietf:params:oauth:grant-type:device_code"},
		"device_code": {device["device_code"].(string)},
	})
	if err != nil || tokens["access_token"] == nil {
		t.Fatal(tokens, err)
	}
}

func TestTheScopeIsNotRegistered(t *testing.T) {
	azure := newTenant(t)
	control(t, "/_sim/troubles", map[string]any{
		"error": "AADSTS70011", "provider": "azure", "tenant": azure.id})
	if _, err := begin(azure.issuer); err == nil || !strings.Contains(err.Error(), "AADSTS70011") {
		t.Fatal(err)
	}
}

func TestOthersDoNotNotice(t *testing.T) {
	azure := newTenant(t)
	for i := 0; i < 20; i++ {
		if _, err := begin(azure.issuer); err != nil {
			t.Fatal(err)
		}
	}
}
