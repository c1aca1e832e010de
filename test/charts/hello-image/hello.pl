#!/usr/bin/perl
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
local $SIG{TERM} = sub { exit 0 };

sub serve {
  my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1) or die "listen: $!";
  while (my $client = $server->accept) {
    while (my $line = <$client>) { last if $line =~ /^\r?\n$/ }
    print $client "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    close $client;
  }
}

# A network policy knows a new pod some moments after it started, so one refusal says nothing yet.
sub check {
  my ($host, $port, $path) = shift =~ m{^http://([^/:]+)(?::(\d+))?(/.*)$} or die "no URL";
  for my $try (1 .. 30) {
    my $server = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port // 80, Timeout => 1);
    if ($server) {
      print $server "GET $path HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n";
      my $status = <$server> // '';
      print $status;
      exit($status =~ / 200 / ? 0 : 1);
    }
    print "try $try: $!\n";
    sleep 1;
  }
  exit 1;
}

@ARGV && $ARGV[0] eq 'check' ? check($ARGV[1]) : serve();
